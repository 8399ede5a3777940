/** A rollout that one replica drives by what came in at another. */
import { DEFAULT_SCOPE } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from './clock/manual-clock.ts';
import type { IngestedSample } from './metrics/ingested-batch.ts';
import { IngestedMetrics } from './metrics/ingested-metrics.ts';
import type { StartRolloutOptions } from './rollout-start.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

interface World {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly driving: Sluice;
  /** Takes in samples, and drives nothing. */
  readonly other: IngestedMetrics;
  phase(): string | undefined;
}

async function world(options: Partial<StartRolloutOptions>): Promise<World> {
  const clock = manualClock(1_750_000_000_000);
  const store = memoryStore();
  const [driving, beside] = [createSluice({ store, clock }), createSluice({ store, clock })];
  for (const { flags, rollouts } of [driving, beside]) rollouts.addMetricSource('collector', new IngestedMetrics(flags));
  await driving.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  await driving.rollouts.startRollout('f', {
    strategy: 'percentage',
    stages: [20, 50],
    bakeMs: 60_000,
    minExposures: 0,
    ...options,
  });
  const phase = (): string | undefined => driving.rollouts.getRolloutStatus('f')?.phase;
  return { clock, store, driving, other: new IngestedMetrics(beside.flags), phase };
}

/** Each second, 200 requests of other units; of every hundred so many fail and are slow, by variant. */
async function serve(
  { driving, other, clock }: World,
  seconds: number,
  bad: Record<string, number>,
  withSender = false,
): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    const samples: IngestedSample[] = [];
    for (let request = 0; request < 200; request++) {
      const number = second * 200 + request;
      const unit = `user-${number}`;
      const variant = driving.flags.getVariant('f', { userId: unit }) ?? 'off';
      const isBad = (number * 37) % 100 < (bad[variant] ?? 0);
      const labels = { flag: 'f', variant, unit };
      samples.push({ kind: 'count', name: 'requests', value: 1, ...labels });
      if (isBad) samples.push({ kind: 'count', name: 'errors', value: 1, ...labels });
      samples.push({ kind: 'observe', name: 'render', value: isBad ? 900 : 100, ...labels });
    }
    await other.ingest({ samples, ...(withSender ? { sender: { instanceId: 'sdk', seq: second + 1 } } : {}) });
    await clock.advance(1_000);
  }
}

describe('a rollout over ingested metrics', () => {
  it('is taken back by harm that another replica was told of', async () => {
    const at = await world({ criteria: [{ metric: 'errorRate', max: 0.05, minSamples: 50 }] });
    await serve(at, 25, { on: 20, off: 1 });
    expect(at.phase()).toBe('failed');
  });

  it('goes through while what another replica was told of is good', async () => {
    const at = await world({
      criteria: [
        { metric: 'errorRate', max: 0.05 },
        { metric: 'p95(render)', max: 200 },
      ],
    });
    await serve(at, 200, { on: 1, off: 1 });
    expect(at.phase()).toBe('completed');
  });

  it('holds when nobody is told of anything any more', async () => {
    const at = await world({ criteria: [{ metric: 'errorRate', max: 0.05, minSamples: 50 }] });
    await serve(at, 15, { on: 1, off: 1 });
    await at.clock.advance(120_000);
    expect(at.phase()).toBe('held');
  });

  it.each([true, false])(
    'knows the units that met errors and were slow, by their stage (batches with a sender: %s)',
    async (withSender) => {
      const versus = { versusControl: 1.2 } as const;
      const slow = { metric: 'p95(render)', slowerThan: 300, ...versus } as const;
      const at = await world({
        criteria: [
          { metric: 'errorRate', dryRun: true, ...versus },
          { ...slow, dryRun: true },
        ],
        unvalidated: true,
      });
      await serve(at, 20, { on: 10, off: 10 }, withSender);
      const errors = await at.store.readTotals(DEFAULT_SCOPE, 'rollout/f/1/0');
      const slowUnits = await at.store.readTotals(DEFAULT_SCOPE, 'rollout/f/1/0/slow/300/render');
      const [on, off] = [errors.arms.on?.exposed ?? 0, errors.arms.off?.exposed ?? 0];
      expect(on + off).toBe(400);
      expect(on).toBeGreaterThan(40);
      expect([slowUnits.arms.on?.exposed, slowUnits.arms.off?.exposed]).toEqual([on, off]);
      expect(errors.arms.on?.metrics.errors?.n).toBe(on);
    },
  );

  it('is taken back by the units that met errors on the change, at whichever replica they were told', async () => {
    const at = await world({ criteria: [{ metric: 'errorRate', versusControl: 1.2 }] });
    await serve(at, 25, { on: 20, off: 3 });
    expect(at.phase()).toBe('failed');
  });

  it('counts nobody for a stage who met an error before it began', async () => {
    const at = await world({ criteria: [{ metric: 'errorRate', max: 0.05 }] });
    await at.clock.advance(5_000);
    const failed = (unit: string, ageMs: number): IngestedSample => {
      return { kind: 'count', name: 'errors', value: 1, flag: 'f', variant: 'on', unit, at: at.clock.now() - ageMs };
    };
    await at.other.ingest({ samples: [failed('a', 1_000), failed('b', 10_000)], sender: { instanceId: 'sdk', seq: 1 } });
    expect((await at.store.readTotals(DEFAULT_SCOPE, 'rollout/f/1/0')).arms.on?.exposed).toBe(1);
  });
});
