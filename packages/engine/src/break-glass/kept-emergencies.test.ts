import { DEFAULT_SCOPE, type Emergency } from '@sluice/core';
import { expect, it } from 'vitest';
import type { Clock } from '../clock/clock.ts';
import { killFile } from './break-glass.testing.ts';
import { KeptEmergencies } from './kept-emergencies.ts';

const file = killFile();
const emergency: Emergency = {
  id: 'a',
  scope: DEFAULT_SCOPE,
  key: 'f',
  act: { type: 'kill' },
  at: 1,
  seq: 0,
  actor: 'ann',
  reason: 'pager',
};

it('says that the disk was late, knows when it has taken the line all the same, and does not write it again', async () => {
  // By its clock a deadline is over before any disk can have answered.
  const clock: Clock = {
    now: () => 0,
    track: () => {},
    schedule(_at, task) {
      queueMicrotask(task);
      return () => {};
    },
  };
  const kept = new KeptEmergencies({ file: file.path, clock, deadlineMs: 200 });
  await expect(kept.keep(emergency)).rejects.toThrow('gave no answer within 200 ms');
  await expect.poll(() => kept.has('a')).toBe(true);
  const written = await file.text();
  await kept.keepAgain([emergency]);
  expect(await file.text()).toBe(written);
});
