import { SluiceError } from '@sluice/core';
import { expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { Loading } from './loading.ts';

const away = (what: string): SluiceError => new SluiceError('unavailable', what);

/** Loads as `outcomes` say, one after the other; null is a success. */
function loading(outcomes: (Error | null)[]) {
  const clock = manualClock(0);
  const told: string[] = [];
  const attempts: number[] = [];
  const parts = {
    load: async () => {
      attempts.push(clock.now());
      const outcome = outcomes.shift() ?? null;
      if (outcome !== null) throw outcome;
    },
    clock,
    onProblem: (error: unknown) => told.push((error as Error).message),
  };
  return { clock, told, attempts, loading: new Loading(parts) };
}

it('tries again, less often each time, until the store is there, and tells each reason once in a row', async () => {
  const world = loading([away('no route'), away('no route'), away('starting up'), null]);
  await world.clock.advance(10_000);
  await world.loading.done;
  expect(world.attempts).toEqual([0, 100, 300, 700]);
  expect(world.told).toEqual(['no route', 'starting up']);
  expect(world.loading.problem).toBeNull();
});

it('pauses for five seconds at most, and says what went wrong last', async () => {
  const world = loading(Array.from({ length: 20 }, () => away('no route')));
  await world.clock.advance(30_000);
  expect(world.attempts.slice(-2).map((at, index, all) => (index === 0 ? 0 : at - (all[0] ?? 0)))).toEqual([0, 5_000]);
  expect(world.loading.problem).toBe('no route');
  world.loading.stop();
  await expect(world.loading.done).rejects.toThrow('no route');
});

it('gives up at once what will not pass by itself', async () => {
  const world = loading([new SluiceError('invalid', 'the database is newer')]);
  await expect(world.loading.done).rejects.toThrow('the database is newer');
  expect(world.attempts).toEqual([0]);
});
