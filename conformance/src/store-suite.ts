/** What every store must do. Run by each store's own test. */
import type { Flag, LoggedEvent, Rollout, SluiceRecord } from '@sluice/core';
import { DEFAULT_SCOPE, eventOf, newFlag, SluiceError } from '@sluice/core';
import type { Committed, Store } from 'sluice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factsSuite } from './facts-suite.ts';
import { receiptSuite } from './receipt-suite.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export const by = { actor: 'tester', reason: 'because' };

export function flagAt(key: string, revision: number, fields: Partial<Flag> = {}): Flag {
  return { ...newFlag(key, DEFAULT_SCOPE, 1), revision, ...fields };
}

export function changeOf(...flags: Flag[]) {
  return {
    records: flags,
    events: flags.map((flag) => eventOf(flag.revision === 1 ? 'flag.created' : 'flag.updated', flag, by, 1)),
  };
}

async function recordsOf(store: Store): Promise<readonly SluiceRecord[]> {
  return (await store.read()).records;
}

/** `make` opens a new, empty store. */
export function storeSuite(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let subject: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      subject = await make();
      store = subject.store;
      await store.read();
    });
    afterEach(() => subject.cleanUp());

    it('keeps a change whole, and every record as it was given', async () => {
      const flags = [
        flagAt('a', 1, { description: 'ä "quoted" \u2028 text', share: 12_345 }),
        flagAt('__proto__', 1),
        flagAt('constructor', 1),
      ];
      const committed = await store.commit(changeOf(...flags));
      expect(committed.seq).toBe(3);
      expect(committed.events.map((event) => event.seq)).toEqual([1, 2, 3]);
      expect([...(await recordsOf(store))].sort((x, y) => (x.key < y.key ? -1 : 1))).toEqual(
        [...flags].sort((x, y) => (x.key < y.key ? -1 : 1)),
      );
    });

    it('refuses a change made for another revision, and then keeps nothing of it', async () => {
      await store.commit(changeOf(flagAt('a', 1)));
      const stale = changeOf(flagAt('b', 1), flagAt('a', 1, { share: 7 }));
      await expect(store.commit(stale)).rejects.toMatchObject({ code: 'conflict' });
      await expect(store.commit(changeOf(flagAt('a', 3)))).rejects.toMatchObject({ code: 'conflict' });
      expect((await recordsOf(store)).map((record) => record.key)).toEqual(['a']);
      expect(await store.log({ scope: DEFAULT_SCOPE })).toHaveLength(1);
    });

    it('refuses a change that sees all when anything was committed since, and none that does not', async () => {
      const { seq } = await store.commit(changeOf(flagAt('a', 1)));
      await store.commit(changeOf(flagAt('b', 1)));
      const change = changeOf(flagAt('c', 1));
      await expect(store.commit({ ...change, seesAll: true }, seq)).rejects.toMatchObject({ code: 'conflict' });
      await store.commit({ ...change, seesAll: true }, seq + 1);
      await store.commit(changeOf(flagAt('d', 1)), seq);
      expect((await recordsOf(store)).map((record) => record.key)).toEqual(['a', 'b', 'c', 'd']);
    });

    it('tells of what was committed before, when it is asked to', async () => {
      const told: number[] = [];
      const stop = store.follow(({ seq }) => told.push(seq));
      await store.commit(changeOf(flagAt('a', 1)));
      await store.refresh();
      stop();
      expect(told).toEqual([1]);
    });

    it('lets exactly one of many rivals win, and loses none who try again', async () => {
      await store.commit(changeOf(flagAt('counter', 1, { share: 0 })));
      let conflicts = 0;
      const increment = async (): Promise<void> => {
        for (;;) {
          const flag = (await recordsOf(store)).find((record) => record.key === 'counter') as Flag;
          try {
            await store.commit(changeOf({ ...flag, revision: flag.revision + 1, share: flag.share + 1 }));
            return;
          } catch (error) {
            if (!(error instanceof SluiceError) || error.code !== 'conflict') throw error;
            conflicts += 1;
          }
        }
      };
      await Promise.all(Array.from({ length: 12 }, increment));
      expect((await recordsOf(store))[0]).toMatchObject({ share: 12, revision: 13 });
      expect(conflicts).toBeGreaterThan(0);
    });

    it('tells followers of every commit in order, before the committer hears of it', async () => {
      const seen: Committed[] = [];
      const stop = store.follow((committed) => seen.push(committed));
      store.follow(() => {
        throw new Error('a follower that fails disturbs nobody');
      });
      for (let revision = 1; revision <= 3; revision++) {
        const committed = await store.commit(changeOf(flagAt('a', revision)));
        expect(seen.at(-1)).toEqual(committed);
      }
      stop();
      await store.commit(changeOf(flagAt('a', 4)));
      expect(seen.flatMap((committed) => committed.events.map((event) => event.seq))).toEqual([1, 2, 3]);
    });

    it('answers the log without gaps, filtered, from any place and in both directions', async () => {
      for (let i = 1; i <= 5; i++) await store.commit(changeOf(flagAt('a', i), flagAt(`b${i}`, 1)));
      const all = await store.log({ scope: DEFAULT_SCOPE });
      expect(all.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const seqs = (events: readonly LoggedEvent[]): number[] => events.map((event) => event.seq);
      expect(seqs(await store.log({ scope: DEFAULT_SCOPE, key: 'a', after: 3 }))).toEqual([5, 7, 9]);
      expect(seqs(await store.log({ scope: DEFAULT_SCOPE, types: ['flag.updated'], newestFirst: true, limit: 2 }))).toEqual([
        9, 7,
      ]);
      expect(await store.log({ scope: { project: 'other', environment: 'production' } })).toEqual([]);
      expect(await store.log({ scope: DEFAULT_SCOPE, kind: 'rollout' })).toEqual([]);
      expect(all[2]?.record).toMatchObject({ key: 'a', revision: 2 });
      await expect(store.log({ scope: DEFAULT_SCOPE, limit: 0 })).rejects.toMatchObject({ code: 'invalid' });
    });

    it('answers the events before a place, for the next page of those that are asked for newest first', async () => {
      for (let i = 1; i <= 5; i++) await store.commit(changeOf(flagAt('a', i)));
      const seqs = async (query: { before?: number; after?: number; newestFirst?: boolean }): Promise<number[]> =>
        (await store.log({ scope: DEFAULT_SCOPE, limit: 2, ...query })).map(({ seq }) => seq);
      expect(await seqs({ before: 4, newestFirst: true })).toEqual([3, 2]);
      expect(await seqs({ before: 2, newestFirst: true })).toEqual([1]);
      expect(await seqs({ before: 4, after: 1 })).toEqual([2, 3]);
    });

    receiptSuite(() => subject);

    it('answers what is due, the longest due first', async () => {
      const rollout = (key: string, dueAt: number | null): Rollout =>
        ({ kind: 'rollout', scope: DEFAULT_SCOPE, key, revision: 1, dueAt }) as unknown as Rollout;
      await store.commit({
        records: [rollout('late', 30), rollout('ended', null), rollout('early', 10), rollout('middle', 20)],
        events: [],
      });
      expect((await store.due(25, 10)).map((record) => record.key)).toEqual(['early', 'middle']);
      expect((await store.due(99, 1)).map((record) => record.key)).toEqual(['early']);
    });

    it('gives a lease to one holder until its end, with a token that rises with every new holder', async () => {
      const ask = (holder: string, now: number): Promise<number | null> =>
        store.lease({ name: 'l', holder, now, until: now + 10 });
      const first = await ask('a', 0);
      expect(first).not.toBeNull();
      expect(await ask('b', 5)).toBeNull();
      expect(await ask('a', 5)).toBe(first);
      const second = await ask('b', 15);
      expect(second).toBeGreaterThan(first ?? 0);
      expect(await ask('a', 16)).toBeNull();
      await store.release('l', 'b');
      expect(await ask('a', 16)).toBeGreaterThan(second ?? 0);
    });

    it('keeps a change under a lease only as long as nobody else has it, and else nothing of it', async () => {
      const lease = (holder: string, now: number): Promise<number | null> =>
        store.lease({ name: 'l', holder, now, until: now + 10 });
      const first = (await lease('a', 0)) ?? 0;
      await store.commit(changeOf(flagAt('a', 1)), undefined, { name: 'l', token: first });
      const second = (await lease('b', 20)) ?? 0;
      const late = changeOf(flagAt('a', 2));
      await expect(store.commit(late, undefined, { name: 'l', token: first })).rejects.toMatchObject({ code: 'refused' });
      await expect(store.commit(late, undefined, { name: 'other', token: first })).rejects.toMatchObject({ code: 'refused' });
      expect((await recordsOf(store))[0]).toMatchObject({ revision: 1 });
      await store.commit(late, undefined, { name: 'l', token: second });
      expect(await store.log({ scope: DEFAULT_SCOPE })).toHaveLength(2);
    });

    it('keeps texts and numbers of every kind as they are', async () => {
      const odd = 'nul \0, lone \ud800, other \udbff, "quoted" \\ and 🏁';
      const flags = [flagAt(odd, 1, { description: odd }), flagAt(odd.replace('\ud800', '\ud801'), 1)];
      await store.commit(changeOf(...flags));
      expect(await recordsOf(store)).toEqual(flags);
      expect(await store.log({ scope: DEFAULT_SCOPE, key: odd })).toMatchObject([{ record: flags[0] }]);
      expect(await store.lease({ name: odd, holder: odd, now: 0.5, until: 1e15 + 0.5 })).not.toBeNull();
      expect(await store.lease({ name: odd, holder: 'b', now: 1e15, until: 2e15 })).toBeNull();
    });

    it('keeps everything over a restart, if it keeps anything', async () => {
      await store.commit(changeOf(flagAt('a', 1), flagAt('b', 1, { conditions: { plan: 'pro' } })));
      await store.commit(changeOf(flagAt('a', 2, { share: 5 })));
      const [records, log] = [await recordsOf(store), await store.log({ scope: DEFAULT_SCOPE })];
      const reopened = await subject.reopen?.();
      if (reopened === undefined) return;
      expect(await recordsOf(reopened)).toEqual(records);
      expect(await reopened.log({ scope: DEFAULT_SCOPE })).toEqual(log);
    });

    factsSuite(() => subject);
  });
}
