/** What several processes over one database may count on, whichever database it is. */
import { changeOf, flagAt } from '@sluice/conformance';
import { DEFAULT_SCOPE, type Flag, type LoggedEvent, SluiceError, type SluiceRecord } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordId } from '../record-book.ts';
import type { Committed, Store } from '../store.ts';
import { MIGRATIONS } from './migrations.ts';

export interface SharedDatabase {
  /** One more process. */
  open(): Store;
  /** Statements of somebody who knows the tables. */
  sql(text: string): Promise<readonly unknown[]>;
  cleanUp(): Promise<void>;
}

/** Of other processes' commits it is heard in its own time. */
const soon = { timeout: 20_000, interval: 5 };

async function flagOf(store: Store, key: string): Promise<Flag | undefined> {
  return (await store.read()).records.find((record): record is Flag => record.kind === 'flag' && record.key === key);
}

/** Reads, adds one and commits until nobody was faster. */
async function increment(store: Store, key: string): Promise<void> {
  for (;;) {
    const flag = await flagOf(store, key);
    const next = flagAt(key, (flag?.revision ?? 0) + 1, { share: (flag?.share ?? 0) + 1 });
    try {
      await store.commit(changeOf(next));
      return;
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'conflict') throw error;
    }
  }
}

const seqsOf = (commits: readonly Committed[]): number[] => commits.flatMap(({ events }) => events.map(({ seq }) => seq));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

export function sharedDatabaseSuite(name: string, make: () => Promise<SharedDatabase>): void {
  describe(name, () => {
    let shared: SharedDatabase;
    let stores: Store[] = [];
    const open = (): Store => {
      const store = shared.open();
      stores.push(store);
      return store;
    };
    beforeEach(async () => {
      shared = await make();
    });
    afterEach(async () => {
      await Promise.all(stores.map((store) => store.close()));
      stores = [];
      await shared.cleanUp();
    });

    /** What a process hears. */
    async function heard(store: Store): Promise<Committed[]> {
      const commits: Committed[] = [];
      store.follow((committed) => commits.push(committed));
      await store.read();
      return commits;
    }

    it('is made once when four processes come up at once', async () => {
      const four = [open(), open(), open(), open()];
      const states = await Promise.all(four.map((store) => store.read()));
      expect(states).toEqual(four.map(() => ({ seq: 0, records: [] })));
      expect(await shared.sql('select number from sluice_migrations')).toHaveLength(MIGRATIONS.length);
    });

    it('is refused by a version that it is too new for, and left as it is', async () => {
      await open().read();
      await shared.sql("insert into sluice_migrations (number, name) values (99, 'from the future')");
      const late = open();
      await expect(late.read()).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/version 99.*newer Sluice/),
      });
      await expect(late.commit(changeOf(flagAt('a', 1)))).rejects.toMatchObject({ code: 'refused' });
    });

    it('tells every process of the commits of all, as they were, also of those without events', async () => {
      const [one, other] = [open(), open()];
      const [byOne, byOther] = [await heard(one), await heard(other)];
      await one.commit(changeOf(flagAt('a', 1), flagAt('b', 1)));
      await other.commit({ records: [flagAt('a', 2)], events: [] });
      await one.commit(changeOf(flagAt('a', 3)));
      await vi.waitFor(() => expect(byOther).toHaveLength(3), soon);
      await one.refresh();
      expect(byOne).toEqual(byOther);
      expect(byOne.map(({ seq, records }) => [seq, records.length])).toEqual([
        [2, 2],
        [2, 1],
        [3, 1],
      ]);
    });

    it('loses no increment of twelve rivals in four processes, and all hear the same in the same order', async () => {
      const four = [open(), open(), open(), open()];
      const all = await Promise.all(four.map(heard));
      await Promise.all(Array.from({ length: 12 }, (_, index) => increment(four[index % 4] ?? open(), 'counter')));
      expect(await flagOf(four[0] ?? open(), 'counter')).toMatchObject({ share: 12, revision: 12 });
      await Promise.all(four.map((store) => store.refresh()));
      for (const commits of all) expect(commits).toEqual(all[0]);
      expect(seqsOf(all[0] ?? [])).toEqual(upTo(12));
    });

    it('tells each commit once, however many looks are under way while it is made', async () => {
      const store = open();
      const commits = await heard(store);
      let isWriting = true;
      const looking = Array.from({ length: 6 }, async () => {
        while (isWriting) await store.refresh();
      });
      for (let revision = 1; revision <= 80; revision++) await store.commit(changeOf(flagAt('a', revision)));
      isWriting = false;
      await Promise.all(looking);
      expect(commits.map(({ seq }) => seq)).toEqual(upTo(80));
    });

    it('never gives a state that is older than what was told of', async () => {
      const [reader, writer] = [open(), open()];
      await writer.read();
      const view = new Map<string, SluiceRecord>();
      const take = (records: readonly SluiceRecord[]): void => {
        for (const record of records) {
          expect(record.revision).toBeGreaterThanOrEqual(view.get(recordId(record))?.revision ?? 0);
          view.set(recordId(record), record);
        }
      };
      reader.follow(({ records }) => take(records));
      const writing = (async () => {
        for (let revision = 1; revision <= 60; revision++) await writer.commit(changeOf(flagAt('a', revision)));
      })();
      const reading = (async () => {
        for (let round = 0; round < 30; round++) take((await reader.read()).records);
      })();
      const refreshing = (async () => {
        for (let round = 0; round < 30; round++) await reader.refresh();
      })();
      await Promise.all([writing, reading, refreshing]);
      await reader.refresh();
      expect([...view.values()].map(({ revision }) => revision)).toEqual([60]);
    });

    it('lets nobody commit under a lease that another took meanwhile, whoever is faster', async () => {
      const [one, other] = [open(), open()];
      const kept: (number | null)[] = [];
      for (let round = 0; round < 12; round++) {
        const [sleeper, waker] = round % 2 === 0 ? [one, other] : [other, one];
        const late = await takenAt(sleeper, 20 * round);
        const token = await takenAt(waker, 20 * round + 10);
        const commits = [() => commitUnder(sleeper, late), () => commitUnder(waker, token)];
        const outcomes = await Promise.allSettled((round % 4 < 2 ? commits : commits.reverse()).map((commit) => commit()));
        expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))).toMatchObject([
          { code: 'refused' },
        ]);
        kept.push(token);
      }
      expect(await sharesOf(one)).toEqual(kept);
    });

    it('tells who is more than a thousand commits behind of everything at once', async () => {
      const [sleeper, writer] = [open(), open()];
      await sleeper.read();
      const commits: Committed[] = [];
      await writer.commit({ records: [flagAt('a', 1)], events: [] });
      await shared.sql(
        "insert into sluice_commits with recursive n(i) as (select 2 union all select i + 1 from n where i < 1098) select i, 0, '[]' from n",
      );
      await shared.sql('update sluice_head set commits = 1098');
      await writer.commit({ records: [flagAt('a', 2)], events: [] });
      await writer.commit(changeOf(flagAt('b', 1)));
      sleeper.follow((committed) => commits.push(committed));
      await sleeper.refresh();
      expect(commits).toHaveLength(1);
      expect(commits[0]?.records.map(({ key, revision }) => [key, revision])).toEqual([
        ['a', 2],
        ['b', 1],
      ]);
      expect(seqsOf(commits)).toEqual([1]);
      const [{ kept } = { kept: 0 }] = (await shared.sql('select count(*) as kept from sluice_commits')) as { kept: number }[];
      expect(Number(kept)).toBe(1_000);
    });

    it('goes on from the earlier state that somebody put back', async () => {
      const store = open();
      const commits = await heard(store);
      for (let revision = 1; revision <= 3; revision++) await store.commit(changeOf(flagAt('a', revision)));
      const body = JSON.stringify(flagAt('a', 1));
      for (const text of [
        'delete from sluice_events where seq > 1',
        'delete from sluice_commits where number > 1',
        'update sluice_head set seq = 1, commits = 1',
        `update sluice_records set revision = 1, body = '${body}'`,
      ])
        await shared.sql(text);
      await store.refresh();
      expect(commits.at(-1)).toMatchObject({ seq: 1, records: [{ key: 'a', revision: 1 }], events: [] });
      await store.commit(changeOf(flagAt('a', 2)));
      expect(commits.at(-1)).toMatchObject({ seq: 2, records: [{ revision: 2 }] });
    });
  });
}

/** A lease that is over five milliseconds later. */
function takenAt(store: Store, now: number): Promise<number | null> {
  return store.lease({ name: 'l', holder: `at ${now}`, now, until: now + 5 });
}

/** The flag's share tells which token it was made under. */
async function commitUnder(store: Store, token: number | null): Promise<void> {
  const flag = await flagOf(store, 'a');
  const next = flagAt('a', (flag?.revision ?? 0) + 1, { share: token ?? 0 });
  await store.commit(changeOf(next), undefined, { name: 'l', token: token ?? 0 });
}

async function sharesOf(store: Store): Promise<number[]> {
  const log = await store.log({ scope: DEFAULT_SCOPE, limit: 1_000 });
  return log.map(({ record }: LoggedEvent) => (record as Flag).share);
}
