/** What a plan is said to do is what it does: `simulateRollout` beside rollouts of an engine that serves unit after unit. */
import { seededGenerator } from '@sluice/core';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { simulateRollout } from './simulate-rollout.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const PLAN = {
  strategy: 'percentage',
  stages: [10, 30, 50],
  bakeMs: 20_000,
  minExposures: 20,
  criteria: [{ metric: 'errorRate', versusControl: 1 }],
} as const;
const WORLD = { unitsPerSecond: 60, errorRate: 0.03, changeErrorRate: 0.12 };
const ROLLOUTS = 40;
const LONGEST_SECONDS = 100;

interface Ended {
  readonly ms: number;
  readonly exposed: number;
}

/** Each unit asks once; null unless the change was taken back. */
async function run(seed: string): Promise<Ended | null> {
  const [draw, clock] = [seededGenerator(seed), manualClock(1_700_000_000_000)];
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  await sluice.rollouts.startRollout('f', PLAN);
  const startedAt = clock.now();
  let exposed = 0;
  for (let second = 0; second < LONGEST_SECONDS; second++) {
    // A second's units vary about their mean, as those of a Poisson process do.
    const units = Math.round(WORLD.unitsPerSecond + (draw() + draw() + draw() - 1.5) * 2 * Math.sqrt(WORLD.unitsPerSecond));
    for (let number = 0; number < units; number++) {
      const unit = `${seed}/${second}/${number}`;
      const variant = sluice.flags.getVariant('f', { userId: unit }) ?? 'off';
      if (variant === 'on') exposed += 1;
      sluice.metrics.count('requests', { flag: 'f', variant, unit });
      const rate = variant === 'on' ? WORLD.changeErrorRate : WORLD.errorRate;
      if (draw() < rate) sluice.metrics.count('errors', { flag: 'f', variant, unit });
    }
    await clock.advance(1000);
    if (sluice.rollouts.getRolloutStatus('f')?.phase === 'failed') return { ms: clock.now() - startedAt, exposed };
  }
  return null;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

it('takes the same harm back as soon, and at as many units, as the simulation says', async () => {
  const { assumed } = simulateRollout(PLAN, WORLD, { replicates: 400, seed: 'beside' });
  const ended: Ended[] = [];
  for (let number = 0; number < ROLLOUTS; number++) {
    const end = await run(`run-${number}`);
    if (end !== null) ended.push(end);
  }
  expect(assumed.rolledBack).toBe(1);
  expect(ended).toHaveLength(ROLLOUTS);
  // Of 40 the median is known to about a fifth of the spread.
  const [seconds, units] = [assumed.detectionMs?.p50 ?? 0, assumed.exposedUnits.p50 ?? 0];
  expect(Math.abs(median(ended.map(({ ms }) => ms)) / seconds - 1)).toBeLessThan(0.35);
  expect(Math.abs(median(ended.map(({ exposed }) => exposed)) / units - 1)).toBeLessThan(0.35);
});
