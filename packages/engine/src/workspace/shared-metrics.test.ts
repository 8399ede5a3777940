/** Metrics of an environment are those of all processes that serve it. */
import { emptyTotals } from '@sluice/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ManualClock } from '../clock/manual-clock.ts';
import { ingestedMetricsOf } from '../metrics/ingested-metrics.ts';
import type { Store } from '../store/store.ts';
import { shopWorld, WHY } from './workspace.testing.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const SCOPE = { project: 'shop', environment: 'staging' };
const PLAN = { strategy: 'percentage', stages: [20, 50], bakeMs: 60_000, minExposures: 0 } as const;

let clock: ManualClock;
let store: Store;
let driving: Workspace;
let other: Workspace;

beforeEach(async () => {
  ({ workspace: driving, clock, store } = await shopWorld());
  other = openWorkspace({ store, clock });
  await other.ready;
  await driving.environment('shop', 'staging').flags.setFlag('f', { enabled: true, rolloutPercentage: 0 }, WHY);
});

afterEach(async () => {
  await driving.close();
  await other.close();
});

/** Each second 100 requests of other units, of which so many fail and are slow on the change, told to the process that drives nothing. */
async function serve(seconds: number, failing: number): Promise<void> {
  const { metrics, flags } = other.environment('shop', 'staging');
  for (let second = 0; second < seconds; second++) {
    for (let request = 0; request < 100; request++) {
      const unit = `user-${second * 100 + request}`;
      const variant = flags.getVariant('f', { userId: unit }) ?? 'off';
      const isBad = variant === 'on' && request < failing;
      metrics.count('requests', { flag: 'f', variant, unit });
      if (isBad) metrics.count('errors', { flag: 'f', variant, unit });
      metrics.observe('render', isBad ? 900 : 100, { flag: 'f', variant, unit });
    }
    await clock.advance(1_000);
  }
}

it('takes a rollout back for harm that another process counted', async () => {
  const { rollouts } = driving.environment('shop', 'staging');
  await rollouts.startRollout('f', {
    ...PLAN,
    criteria: [{ metric: 'errorRate', max: 0.05, minSamples: 50 }],
    ...WHY,
  });
  await serve(25, 50);
  expect(rollouts.getRolloutStatus('f')?.phase).toBe('failed');
});

it('counts what a unit met once, and what is of one environment in no other', async () => {
  const { rollouts } = driving.environment('shop', 'staging');
  const criteria = [{ metric: 'mean(render)', versusControl: 1.5, dryRun: true }] as const;
  await rollouts.startRollout('f', { ...PLAN, unvalidated: true, criteria, ...WHY });
  await serve(12, 50);
  const means = await store.readTotals(SCOPE, 'rollout/f/1/0/mean/units/render');
  const [on, off] = [means.arms.on?.metrics.render?.n ?? 0, means.arms.off?.metrics.render?.n ?? 0];
  expect(on + off).toBe(1_200);
  const measured = async (environment: string): Promise<unknown> => {
    const range = { flag: 'f', variant: 'on', from: clock.now() - 60_000, to: clock.now() };
    return ingestedMetricsOf(driving.environment('shop', environment).flags).measure({ kind: 'errorRate' }, range);
  };
  expect(await measured('staging')).toMatchObject({ kind: 'value', samples: on });
  expect(await measured('development')).toEqual({ kind: 'noData', at: null });
  expect(await store.readTotals({ ...SCOPE, environment: 'development' }, 'rollout/f/1/0')).toEqual(emptyTotals());
});
