import { changeOf, flagAt } from '@sluice/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../memory-store.ts';
import { recordId } from '../record-book.ts';
import { flagsOf, lastGoodWorld, NOON } from './last-good.testing.ts';

const at = lastGoodWorld();

describe('a store with a last good state', () => {
  it('gives it while the store is away at the start, says how old it is, and tells followers what is different when the store is back', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1), flagAt('b', 1)));
    await at.leave();
    await at.kept.commit(changeOf(flagAt('a', 2), flagAt('c', 1)));
    await at.clock.advance(60_000);
    const { inner, store, told } = at.started('refuses');
    expect(await flagsOf(store)).toEqual(['a 1', 'b 1']);
    expect(store.staleness).toEqual({ asOf: NOON, isFromFile: true });
    expect(at.problems).toEqual([expect.stringMatching(/no route to the database.*last good state, of 2027-01-15T12:00:00/)]);
    await at.clock.advance(30_000);
    expect(told).toEqual([]);
    inner.back();
    await at.clock.advance(5_000);
    await store.current;
    expect(store.staleness).toBeNull();
    expect(told).toMatchObject([{ seq: 4, records: [{ key: 'a', revision: 2 }, { key: 'c' }], events: [] }]);
    await at.kept.commit(changeOf(flagAt('b', 2)));
    expect(told[1]).toMatchObject({ seq: 5, records: [{ key: 'b', revision: 2 }], events: [{ key: 'b' }] });
  });

  it('waits three seconds for a store that says nothing, and for ever where there is no last good state', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1)));
    const first = at.started('silent');
    let isRead = false;
    const reading = Promise.resolve(first.store.read()).then(() => {
      isRead = true;
    });
    await at.clock.advance(60_000);
    expect(isRead).toBe(false);
    first.inner.back();
    await reading;
    await first.store.close();
    const { store } = at.started('silent');
    const read = flagsOf(store);
    await at.clock.advance(3_000);
    expect(await read).toEqual(['a 1']);
    expect(store.staleness?.isFromFile).toBe(true);
  });

  it('says once what is wrong with the file, however often the store is asked in vain', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1)));
    await at.leave();
    const { store } = at.started('refuses', { source: 'another store' });
    for (let attempt = 0; attempt < 3; attempt++) await expect(store.read()).rejects.toMatchObject({ code: 'unavailable' });
    expect(at.problems).toEqual([expect.stringContaining('is not used: it is of another database')]);
  });

  it('goes on without the store after it had its state, and says since when', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1)));
    const { inner, store } = at.started();
    await store.read();
    await at.clock.advance(60_000);
    expect([store.staleness, await store.takesWrites()]).toEqual([null, true]);
    inner.absence = 'refuses';
    await at.clock.advance(6_000);
    expect(store.staleness).toEqual({ asOf: NOON + 60_000, isFromFile: false });
    expect(await store.takesWrites()).toBe(false);
    await expect(store.commit(changeOf(flagAt('a', 2)))).rejects.toMatchObject({ code: 'unavailable' });
    inner.back();
    await at.clock.advance(5_000);
    expect(store.staleness).toBeNull();
  });

  it('finds out that a store hangs', async () => {
    const { inner, store } = at.started();
    await store.read();
    inner.absence = 'silent';
    await at.clock.advance(10_000);
    expect(store.staleness).toMatchObject({ isFromFile: false });
    const answer = store.takesWrites();
    await at.clock.advance(3_000);
    expect(await answer).toBe(false);
    inner.back();
    await at.clock.advance(5_000);
    expect(store.staleness).toBeNull();
  });

  it('reads the store before it changes what it knew from the file alone', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1)));
    await at.leave();
    await at.kept.commit(changeOf(flagAt('a', 2)));
    const { inner, store, told } = at.started('refuses');
    await store.read();
    await expect(store.commit(changeOf(flagAt('a', 2)))).rejects.toMatchObject({ code: 'unavailable' });
    inner.back();
    await expect(store.commit(changeOf(flagAt('a', 2)))).rejects.toMatchObject({ code: 'conflict' });
    expect(told).toMatchObject([{ records: [{ key: 'a', revision: 2 }] }]);
    expect(await store.commit(changeOf(flagAt('a', 3)))).toMatchObject({ seq: 3 });
  });

  it('is, after it was told, what the store is, whatever happened meanwhile', async () => {
    const commits = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(commits, commits, commits, async (before, meanwhile, after) => {
        at.kept = memoryStore();
        const revisions = new Map<string, number>();
        const commit = async (keys: readonly string[]): Promise<void> => {
          for (const key of keys) {
            revisions.set(key, (revisions.get(key) ?? 0) + 1);
            await at.kept.commit(changeOf(flagAt(key, revisions.get(key) ?? 1)));
          }
        };
        await commit(before);
        await at.leave();
        await commit(meanwhile);
        const { inner, store, told } = at.started('refuses');
        const view = new Map((await store.read()).records.map((record) => [recordId(record), record]));
        inner.back();
        await store.refresh();
        await commit(after);
        for (const { records } of told) for (const record of records) view.set(recordId(record), record);
        const { seq, records } = await at.kept.read();
        expect([...view.values()].sort(byKey)).toEqual([...records].sort(byKey));
        expect(told.at(-1)?.seq ?? seq).toBe(seq);
        await store.close();
      }),
      { numRuns: 50 },
    );
  });

  it('tells of no commit before what came before it is known', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1)));
    await at.leave();
    await at.kept.commit(changeOf(flagAt('b', 1)));
    const { inner, store, told } = at.started('refuses');
    await store.read();
    // Heard of by a notification, while the state cannot be read yet.
    await at.kept.commit(changeOf(flagAt('c', 1)));
    expect(told).toEqual([]);
    inner.back();
    await store.refresh();
    expect(told).toMatchObject([{ seq: 3, records: [{ key: 'b' }, { key: 'c' }] }]);
  });

  it('tells of a store that lacks what was known, for who follows cannot forget', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1)));
    await at.leave();
    at.kept = memoryStore();
    const { inner, store } = at.started('refuses');
    await store.read();
    inner.back();
    await store.refresh();
    expect(at.problems.at(-1)).toMatch(/1 records .*flag "a".*put back to an earlier state.*start this process anew/);
  });
});

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}
