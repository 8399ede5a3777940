/** A commit, and what waits, is of any length, and a call takes only as many arguments as the stack has room for. */
import { changeOf, flagAt } from '@sluice/conformance';
import { DEFAULT_SCOPE, type Schedule } from '@sluice/core';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const MANY = 150_000;

it('a commit of very many records is kept whole', async () => {
  const store = memoryStore();
  const records = Array.from({ length: MANY }, (_, index) => flagAt(`f${index}`, 1));
  const events = records.flatMap((flag) => changeOf(flag).events);
  expect((await store.commit({ records, events })).events).toHaveLength(MANY);
  expect((await store.read()).records).toHaveLength(MANY);
});

it('of very many scheduled edits, the first is waited for', async () => {
  const [now, store] = [Date.UTC(2027, 0, 15), memoryStore()];
  const schedules = Array.from({ length: MANY }, (_, index): Schedule => {
    const [key, at] = [`f${index}`, now + 1e9 + index];
    const edit = {
      id: `${key}#1`,
      at,
      settings: { description: 'x' },
      by: { actor: 'ann', reason: '' },
      scheduledAt: now,
      wasLive: false,
    };
    return { kind: 'schedule', scope: DEFAULT_SCOPE, key, revision: 1, lastNumber: 1, pending: [edit], dueAt: at };
  });
  await store.commit({ records: schedules, events: [] });
  const sluice = createSluice({ store, clock: manualClock(now) });
  await sluice.ready;
  expect(sluice.flags.listScheduledEdits('f0')).toHaveLength(1);
  await sluice.close();
});
