/** A change that is compared with the control by the units that it keeps waiting. */
import { DEFAULT_SCOPE } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

const SLOW = { metric: 'p95(render)', versusControl: 1.2, slowerThan: 300 } as const;
const PLAN = { strategy: 'percentage', stages: [20, 50], bakeMs: 30_000, criteria: [SLOW] } as const;

interface World {
  readonly sluice: Sluice;
  readonly clock: ManualClock;
  readonly store: Store;
}

async function world(): Promise<World> {
  const clock = manualClock(1_700_000_000_000);
  const store = memoryStore();
  const sluice = createSluice({ store, clock });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  return { sluice, clock, store };
}

/** 200 pages a second, each of another user, drawn in 100 ms; of every hundred so many take 900 ms, by variant. */
async function serve({ sluice, clock }: World, seconds: number, slow: Record<string, number>, withUnit = true): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    for (let request = 0; request < 200; request++) {
      const number = second * 200 + request;
      const unit = `user-${number}`;
      const variant = sluice.flags.getVariant('f', { userId: unit }) ?? 'off';
      const ms = (number * 37) % 100 < (slow[variant] ?? 0) ? 900 : 100;
      sluice.metrics.observe('render', ms, { flag: 'f', variant, ...(withUnit ? { unit } : {}) });
      sluice.metrics.observe('other', 900, { flag: 'f', variant, unit });
      sluice.metrics.count('errors', { flag: 'f', variant, unit });
    }
    await clock.advance(1000);
  }
}

describe('a criterion on slow units versus control', () => {
  it('takes a change back that keeps more units waiting, with the evidence', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, 25, { on: 12, off: 3 });
    const status = at.sluice.rollouts.getRolloutStatus('f');
    expect(status).toMatchObject({ phase: 'failed', error: expect.stringContaining('units met more than 300 on the change') });
    expect(status?.verdicts[0]).toMatchObject({ verdict: 'fail', cause: 'comparison', logE: expect.any(Number) });
  });

  it('lets a change through that is as slow as the control, however slow that is', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, 110, { on: 40, off: 40 });
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
  });

  it('goes by raw values where slow ones are recorded without their unit', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, 25, { on: 12, off: 3 }, false);
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      phase: 'failed',
      error: expect.stringMatching(/raw requests, not units: \d+ of \d+ met more than 300 on the change/),
    });
  });

  it('keeps a row of nobody but those who were slow in its metric', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, 5, { on: 10, off: 10 });
    const rowsOf = async (metric: string) => {
      const { arms } = await at.store.readTotals(DEFAULT_SCOPE, `rollout/f/1/0/slow/300/${metric}`);
      return Object.values(arms).reduce((sum, { exposed }) => sum + exposed, 0);
    };
    expect(await rowsOf('render')).toBe(100);
    expect(await rowsOf('other')).toBe(0);
  });

  it('keeps errors and slow units apart, and shares the chance of a false alarm among both', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', {
      ...PLAN,
      criteria: [SLOW, { name: 'very slow', metric: 'p95(render)', versusControl: 1.2, slowerThan: 2000 }],
    });
    await serve(at, 25, { on: 12, off: 3 });
    const verdicts = at.sluice.rollouts.getRolloutStatus('f')?.verdicts;
    expect(verdicts).toMatchObject([
      { verdict: 'fail', message: expect.stringMatching(/harm from 40 : 1$/) },
      { verdict: 'pass', logE: 0 },
    ]);
  });
});
