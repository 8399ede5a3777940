import { DEFAULT_SCOPE, emptyTally, SluiceError } from '@sluice/core';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { FactsBuffer } from './facts-buffer.ts';
import { memoryStore } from './store/memory-store.ts';
import type { FactsBatch, Store } from './store/store.ts';

function bufferOver(addFacts: (batch: FactsBatch) => Promise<void>): {
  buffer: FactsBuffer;
  problems: unknown[];
  clock: ReturnType<typeof manualClock>;
} {
  const clock = manualClock(0);
  const problems: unknown[] = [];
  const store: Store = Object.assign(memoryStore(), { addFacts });
  return {
    buffer: new FactsBuffer({ store, clock, scope: DEFAULT_SCOPE, instanceId: 'i', onProblem: (error) => problems.push(error) }),
    problems,
    clock,
  };
}

it('ends a flush under traffic that never stops', async () => {
  const batches: FactsBatch[] = [];
  const { buffer } = bufferOver(async (batch) => {
    batches.push(batch);
    buffer.expose('t', `unit-${batches.length}`, 'control');
  });
  buffer.expose('t', 'unit-0', 'control');
  await buffer.flush();
  expect(batches.flatMap((batch) => batch.units.map((unit) => unit.unit))).toEqual(['unit-0']);
  await buffer.flush();
  expect(batches.map((batch) => batch.seq)).toEqual([1, 2]);
});

it('sends a batch that could not be kept again under its number, each second, until it is', async () => {
  const batches: FactsBatch[] = [];
  let isDown = true;
  const { buffer, problems, clock } = bufferOver(async (batch) => {
    batches.push(batch);
    if (isDown) throw new SluiceError('unavailable', 'disk full');
  });
  buffer.expose('t', 'a', 'control');
  await clock.advance(2_000);
  buffer.expose('t', 'b', 'control');
  isDown = false;
  await clock.advance(1_000);
  expect(batches.map((batch) => [batch.seq, batch.units.map((unit) => unit.unit)])).toEqual([
    [1, ['a']],
    [1, ['a']],
    [1, ['a']],
    [2, ['b']],
  ]);
  expect(problems).toHaveLength(2);
});

it('takes a bounded number of units while the store is down, says so once, and takes more when it is back', async () => {
  let isDown = true;
  const kept = new Set<string>();
  const { buffer, problems } = bufferOver(async (batch) => {
    if (isDown) throw new SluiceError('unavailable', 'disk full');
    for (const unit of batch.units) kept.add(unit.unit);
  });
  const taken = Array.from({ length: 200_001 }, (_, unit) => buffer.expose('t', `unit-${unit}`, 'control'));
  expect(taken.filter(Boolean)).toHaveLength(200_000);
  expect(buffer.record({ subject: 't', unit: 'x', arm: 'control', metric: 'm', value: 1, rules: { aggregation: 'mean' } })).toBe(
    false,
  );
  expect(buffer.observe('t', 'control', 'm', 1)).toBe(false);
  expect(problems.map(String)).toEqual([expect.stringContaining('200000 units wait to be kept')]);
  expect([buffer.size, buffer.dropped]).toEqual([200_000, 3]);
  await buffer.flush();
  expect(buffer.size).toBe(200_000);
  isDown = false;
  expect(buffer.expose('t', 'unit-200000', 'control')).toBe(true);
  await buffer.flush();
  expect(kept.size).toBe(200_001);
  expect([buffer.size, buffer.dropped]).toEqual([0, 3]);
});

it('keeps a value from before the exposure apart from it, also within one flush', async () => {
  const batches: FactsBatch[] = [];
  const { buffer } = bufferOver(async (batch) => {
    batches.push(batch);
  });
  const value = { subject: 't', unit: 'u', arm: 'control', metric: 'm', rules: { aggregation: 'mean' } } as const;
  buffer.record({ ...value, value: 9 });
  buffer.expose('t', 'u', 'control');
  buffer.record({ ...value, value: 1 });
  await buffer.flush();
  expect(batches[0]?.units.map((unit) => [unit.firstExposureAt, unit.metrics.m?.sum])).toEqual([
    [null, 9],
    [0, 1],
  ]);
});

it('keeps what is of use for a while within a bound while the store is down, the newest, and loses nothing that is kept for ever', async () => {
  let isDown = true;
  const batches: FactsBatch[] = [];
  const { buffer, clock } = bufferOver(async (batch) => {
    if (isDown) throw new SluiceError('unavailable', 'disk full');
    batches.push(batch);
  });
  const tally = { ...emptyTally(), counts: { n: 1 } };
  buffer.addTally('first', tally);
  await clock.advance(1_000);
  for (let slot = 0; slot < 25_000; slot++) buffer.addTally(`window/${slot}`, tally, slot);
  buffer.addTally('flag/a', tally);
  buffer.forgetBefore(7);
  isDown = false;
  await clock.advance(1_000);
  const [, { tallies, forgetBefore } = { tallies: [], forgetBefore: 0 }] = batches;
  expect(tallies).toHaveLength(20_001);
  expect(tallies[0]).toMatchObject({ subject: 'window/5000', keepUntil: 5_000 });
  expect(tallies.at(-1)).toEqual({ scope: DEFAULT_SCOPE, subject: 'flag/a', tally });
  expect(forgetBefore).toBe(7);
});
