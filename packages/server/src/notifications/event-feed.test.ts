import { eventOf, type LoggedEvent, newFlag, type Scope } from '@sluice/core';
import fc from 'fast-check';
import { memoryStore, type Store } from 'sluice';
import { expect, it } from 'vitest';
import { eventAt, eventsAfter } from './event-feed.ts';

const scopes: readonly Scope[] = ['a', 'b', 'c'].map((environment) => ({ project: 'p', environment }));

async function happen(store: Store, scope: Scope, key: string): Promise<void> {
  const flag = { ...newFlag(key, scope, 1), revision: 1 };
  await store.commit({ records: [flag], events: [eventOf('flag.created', flag, { actor: 'ann', reason: '' }, 1)] });
}

async function readAll(store: Pick<Store, 'log'>): Promise<number[]> {
  const seen: number[] = [];
  for (;;) {
    const events = await eventsAfter(store, scopes, seen.at(-1) ?? 0);
    if (events.length === 0) return seen;
    seen.push(...events.map(({ seq }) => seq));
  }
}

it('is every event of all scopes in order, however they are spread', async () => {
  const spread = fc.array(fc.nat(2), { maxLength: 450, size: 'max' });
  await fc.assert(
    fc.asyncProperty(spread, async (places) => {
      const store = memoryStore();
      for (const [index, place] of places.entries()) await happen(store, scopes[place] as Scope, `f${index}`);
      expect(await readAll(store)).toEqual(places.map((_, index) => index + 1));
    }),
    { numRuns: 20 },
  );
});

it('leaves no event out that happens between the questions to the scopes', async () => {
  const moments = fc.array(fc.tuple(fc.nat(30), fc.nat(2)), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(moments, async (happenings) => {
      const store = memoryStore();
      let asked = 0;
      let made = 0;
      // Each question is answered after what happens at its moment, one question after the other.
      let turn: Promise<unknown> = Promise.resolve();
      const log: Store['log'] = (query) => {
        const answer = turn.then(async () => {
          const events = await store.log(query);
          const now = asked++;
          for (const [moment, place] of happenings) if (moment === now) await happen(store, scopes[place] as Scope, `f${made++}`);
          return events;
        });
        turn = answer;
        return answer;
      };
      await happen(store, scopes[0] as Scope, 'first');
      const seen: number[] = [];
      while (asked <= 40) seen.push(...(await eventsAfter({ log }, scopes, seen.at(-1) ?? 0)).map(({ seq }) => seq));
      expect(seen).toEqual(Array.from({ length: made + 1 }, (_, index) => index + 1));
    }),
  );
});

it('finds one event by its place, in whatever scope it is', async () => {
  const store = memoryStore();
  for (const [index, scope] of scopes.entries()) await happen(store, scope, `f${index}`);
  const found = await Promise.all([1, 2, 3, 4].map((seq) => eventAt(store, scopes, seq)));
  expect(found.map((event: LoggedEvent | null) => event?.key)).toEqual(['f0', 'f1', 'f2', undefined]);
});
