import { DEFAULT_SCOPE, SluiceError } from '@sluice/core';
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
