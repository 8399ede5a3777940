/** A look measures first and then reads the ledger, so that what was measured is known with its unit. */
import { DEFAULT_SCOPE } from '@sluice/core';
import { expect, it } from 'vitest';
import type { MetricSource } from './metrics/metric-source.ts';
import { rolloutWorld } from './rollout-world.testing.ts';

it('a unit that is told of while a look is measuring is in that look, once, and no error without a unit', async () => {
  const { sluice, clock, store, start } = await rolloutWorld();
  const { metrics } = sluice;
  let isArriving = false;
  const arriving: MetricSource = {
    measure: (query, range) => {
      if (isArriving && range.variant === 'on') {
        isArriving = false;
        metrics.count('errors', { flag: 'f', variant: 'on', unit: 'late' });
      }
      return metrics.measure(query, { ...range, to: clock.now() });
    },
    countEvents: (query, range) => metrics.countEvents(query, range),
    countEveryMs: 1000,
  };
  sluice.rollouts.addMetricSource('collector', arriving);
  await start({
    strategy: 'percentage',
    stages: [50],
    bakeMs: 60_000,
    criteria: [{ metric: 'errorRate', versusControl: 1.2, minSamples: 1 }],
  });
  for (let second = 0; second < 4; second++) {
    for (let number = 0; number < 40; number++) {
      const unit = `user-${second * 40 + number}`;
      const variant = sluice.flags.getVariant('f', { userId: unit }) ?? 'off';
      metrics.count('requests', { flag: 'f', variant, unit });
      if (variant === 'off' && number % 8 === 0) metrics.count('errors', { flag: 'f', variant, unit });
    }
    isArriving = second === 2;
    await clock.advance(1000);
    const status = sluice.rollouts.getRolloutStatus('f');
    expect(status?.state.name).toBe('baking');
    const [verdict] = status?.verdicts ?? [];
    expect(verdict).toMatchObject({ verdict: 'pass', comparedBy: 'units' });
    const { arms } = await store.readTotals(DEFAULT_SCOPE, 'rollout/f/1/0');
    expect(arms.on?.exposed ?? 0).toBe(second < 2 ? 0 : 1);
  }
  expect(isArriving).toBe(false);
});
