/** Time that is moved by hand for what depends, besides, on a network, a database or another process. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ManualClock } from './manual-clock.ts';

const LONGEST_MS = 60_000;
const LOOK_MS = 5;

export interface Steps {
  /** By the clock. */
  readonly stepMs?: number;
  /** In real time: how long what is under way outside has, before the clock goes on. */
  readonly realMs?: number;
}

/**
 * Lets time pass, step by step, until the condition holds. How long something outside takes is known by it and not by the clock, which may end what was on
 * its way: what is waited for is what comes of it, by whichever attempt.
 */
export async function advanceUntil(
  clock: ManualClock,
  holds: () => boolean | Promise<boolean>,
  { stepMs = 1_000, realMs = 100 }: Steps = {},
): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  const startedAt = clock.now();
  while (!(await holds())) {
    if (performance.now() > end)
      throw new Error(`the condition did not come to hold in ${clock.now() - startedAt} ms by the clock`);
    await clock.advance(stepMs);
    const stepEnds = performance.now() + realMs;
    while (!(await holds()) && performance.now() < stepEnds) await wait(LOOK_MS);
  }
}
