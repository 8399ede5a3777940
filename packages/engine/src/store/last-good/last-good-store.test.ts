import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeOf, flagAt } from '@sluice/conformance';
import { INSTALLATION_SCOPE, type Person, SluiceError } from '@sluice/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../clock/manual-clock.ts';
import { memoryStore } from '../memory-store.ts';
import { recordId } from '../record-book.ts';
import type { Committed, Store } from '../store.ts';
import { type AwayStore, awayStore } from './away-store.testing.ts';
import { type LastGoodOptions, type LastGoodStore, lastGoodStore } from './last-good-store.ts';

const NOON = Date.UTC(2027, 0, 15, 12);
let folder: string;
let file: string;
let clock: ReturnType<typeof manualClock>;
let kept: Store;
let problems: string[];
const open: LastGoodStore[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(folder, 'last-good.json');
  clock = manualClock(NOON);
  kept = memoryStore();
  problems = [];
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  await rm(folder, { recursive: true });
});

interface Process {
  readonly inner: AwayStore;
  readonly store: LastGoodStore;
  /** What its followers were told. */
  readonly told: Committed[];
}

/** One process over `kept`. */
function started(absence: AwayStore['absence'] = null, options: Partial<LastGoodOptions> = {}): Process {
  const inner = awayStore(kept);
  inner.absence = absence;
  const onProblem = (error: unknown): void => void problems.push((error as Error).message);
  const store = lastGoodStore({ store: inner, file, source: 'the store', clock, onProblem, ...options });
  open.push(store);
  const told: Committed[] = [];
  store.follow((committed) => told.push(committed));
  return { inner, store, told };
}

/** Leaves a last good state of what `kept` holds now. */
async function leave(): Promise<void> {
  const { store } = started();
  await store.read();
  await store.close();
}

const flags = async (store: Store): Promise<string[]> =>
  (await store.read()).records.map(({ key, revision }) => `${key} ${revision}`).sort();

describe('a store with a last good state', () => {
  it('gives it while the store is away at the start, says how old it is, and tells followers what is different when the store is back', async () => {
    await kept.commit(changeOf(flagAt('a', 1), flagAt('b', 1)));
    await leave();
    await kept.commit(changeOf(flagAt('a', 2), flagAt('c', 1)));
    await clock.advance(60_000);
    const { inner, store, told } = started('refuses');
    expect(await flags(store)).toEqual(['a 1', 'b 1']);
    expect(store.staleness).toEqual({ asOf: NOON, isFromFile: true });
    expect(problems).toEqual([expect.stringMatching(/no route to the database.*last good state, of 2027-01-15T12:00:00/)]);
    await clock.advance(30_000);
    expect(told).toEqual([]);
    inner.back();
    await clock.advance(5_000);
    await store.current;
    expect(store.staleness).toBeNull();
    expect(told).toMatchObject([{ seq: 4, records: [{ key: 'a', revision: 2 }, { key: 'c' }], events: [] }]);
    await kept.commit(changeOf(flagAt('b', 2)));
    expect(told[1]).toMatchObject({ seq: 5, records: [{ key: 'b', revision: 2 }], events: [{ key: 'b' }] });
  });

  it('waits three seconds for a store that says nothing, and for ever where there is no last good state', async () => {
    await kept.commit(changeOf(flagAt('a', 1)));
    const first = started('silent');
    let isRead = false;
    const reading = Promise.resolve(first.store.read()).then(() => {
      isRead = true;
    });
    await clock.advance(60_000);
    expect(isRead).toBe(false);
    first.inner.back();
    await reading;
    await first.store.close();
    const { store } = started('silent');
    const read = flags(store);
    await clock.advance(3_000);
    expect(await read).toEqual(['a 1']);
    expect(store.staleness?.isFromFile).toBe(true);
  });

  it('goes on without the store after it had its state, and says since when', async () => {
    await kept.commit(changeOf(flagAt('a', 1)));
    const { inner, store } = started();
    await store.read();
    await clock.advance(60_000);
    expect([store.staleness, await store.takesWrites()]).toEqual([null, true]);
    inner.absence = 'refuses';
    await clock.advance(6_000);
    expect(store.staleness).toEqual({ asOf: NOON + 60_000, isFromFile: false });
    expect(await store.takesWrites()).toBe(false);
    await expect(store.commit(changeOf(flagAt('a', 2)))).rejects.toMatchObject({ code: 'unavailable' });
    inner.back();
    await clock.advance(5_000);
    expect(store.staleness).toBeNull();
  });

  it('finds out that a store hangs', async () => {
    const { inner, store } = started();
    await store.read();
    inner.absence = 'silent';
    await clock.advance(10_000);
    expect(store.staleness).toMatchObject({ isFromFile: false });
    const answer = store.takesWrites();
    await clock.advance(3_000);
    expect(await answer).toBe(false);
    inner.back();
    await clock.advance(5_000);
    expect(store.staleness).toBeNull();
  });

  it('reads the store before it changes what it knew from the file alone', async () => {
    await kept.commit(changeOf(flagAt('a', 1)));
    await leave();
    await kept.commit(changeOf(flagAt('a', 2)));
    const { inner, store, told } = started('refuses');
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
        kept = memoryStore();
        const revisions = new Map<string, number>();
        const commit = async (keys: readonly string[]): Promise<void> => {
          for (const key of keys) {
            revisions.set(key, (revisions.get(key) ?? 0) + 1);
            await kept.commit(changeOf(flagAt(key, revisions.get(key) ?? 1)));
          }
        };
        await commit(before);
        await leave();
        await commit(meanwhile);
        const { inner, store, told } = started('refuses');
        const view = new Map((await store.read()).records.map((record) => [recordId(record), record]));
        inner.back();
        await store.refresh();
        await commit(after);
        for (const { records } of told) for (const record of records) view.set(recordId(record), record);
        const { seq, records } = await kept.read();
        expect([...view.values()].sort(byKey)).toEqual([...records].sort(byKey));
        expect(told.at(-1)?.seq ?? seq).toBe(seq);
        await store.close();
      }),
      { numRuns: 50 },
    );
  });

  it('tells of a store that lacks what was known, for who follows cannot forget', async () => {
    await kept.commit(changeOf(flagAt('a', 1)));
    await leave();
    kept = memoryStore();
    const { inner, store } = started('refuses');
    await store.read();
    inner.back();
    await store.refresh();
    expect(problems.at(-1)).toMatch(/1 records .*flag "a".*put back to an earlier state.*start this process anew/);
  });
});

describe('the file of the last good state', () => {
  it('holds no secret of a person, and is its owner’s alone', async () => {
    const person = { kind: 'person', key: 'ann@example.org', scope: INSTALLATION_SCOPE, revision: 1, passwordHash: 'argon2' };
    await kept.commit({ records: [person as unknown as Person, flagAt('a', 1)], events: [] });
    await leave();
    const text = await readFile(file, 'utf8');
    expect(JSON.parse(text).state.records).toHaveLength(1);
    expect(text).not.toContain('argon2');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['last-good.json']);
  });

  it('is written a second after a change, and every five minutes to say that it is still so', async () => {
    const { store } = started();
    await store.read();
    await clock.advance(1_000);
    await kept.commit(changeOf(flagAt('a', 1)));
    await kept.commit(changeOf(flagAt('b', 1)));
    await clock.advance(2_000);
    const written = async () => JSON.parse(await readFile(file, 'utf8')).state;
    expect(await written()).toMatchObject({ at: NOON + 1_000, seq: 2 });
    await clock.advance(600_000);
    expect((await written()).at).toBeGreaterThan(NOON + 300_000);
  });

  it('is not used when it is damaged, of another version or of another store, and that is said', async () => {
    await kept.commit(changeOf(flagAt('a', 1)));
    await leave();
    const text = await readFile(file, 'utf8');
    const unfit = async (content: string, options: Partial<LastGoodOptions> = {}): Promise<string | undefined> => {
      await writeFile(file, content);
      problems = [];
      const { store } = started('refuses', options);
      await expect(store.read()).rejects.toMatchObject({ code: 'unavailable' });
      return problems[0];
    };
    for (const damaged of ['', '{}', text.slice(0, -10), text.replace('"revision":1', '"revision":2')])
      expect(await unfit(damaged)).toMatch(/last-good.json is not used: it is damaged/);
    expect(await unfit(text, { source: 'another' })).toMatch('it is of another database');
    await writeFile(file, text);
    expect(await flags(started('refuses').store)).toEqual(['a 1']);
  });

  it('that cannot be written is told of once, and tried again', async () => {
    const { store } = started(null, { file: join(folder, 'none', 'x.json') });
    await writeFile(join(folder, 'none'), '');
    await store.read();
    await clock.advance(130_000);
    expect(problems).toEqual([expect.stringMatching('x.json cannot be written')]);
    await rm(join(folder, 'none'));
    await clock.advance(61_000);
    expect(await readdir(join(folder, 'none'))).toEqual(['x.json']);
  });

  it('is no way round what will not pass by itself', async () => {
    await kept.commit(changeOf(flagAt('a', 1)));
    await leave();
    const { inner, store } = started();
    inner.read = () => Promise.reject(new SluiceError('refused', 'the database is of a newer version'));
    await expect(store.read()).rejects.toMatchObject({ code: 'refused' });
  });
});

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}
