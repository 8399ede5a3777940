/** A change that is compared with the control by the mean of what its units meet. */
import { DEFAULT_SCOPE } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

const MEAN = { metric: 'mean(render)', versusControl: 1.1 } as const;
const PLAN = { strategy: 'percentage', stages: [20, 50], bakeMs: 30_000, criteria: [MEAN] } as const;

interface World {
  readonly sluice: Sluice;
  readonly clock: ManualClock;
  readonly store: Store;
}

async function world(store: Store = memoryStore()): Promise<World> {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store, clock });
  if (sluice.flags.getFlag('f') === undefined) await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  return { sluice, clock, store };
}

interface Served {
  readonly seconds: number;
  /** Milliseconds by variant, on average. */
  readonly ms: Record<string, number>;
  readonly withUnit?: (variant: string) => boolean;
  /** Each user asks so often in a second. */
  readonly requests?: number;
}

/** 100 users a second; of each the time of a request varies by up to 50 ms, and half of that is the user's own. */
async function serve({ sluice, clock }: World, { seconds, ms, withUnit = () => true, requests = 1 }: Served): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    for (let number = second * 100; number < second * 100 + 100; number++) {
      const unit = `user-${number}`;
      const variant = sluice.flags.getVariant('f', { userId: unit }) ?? 'off';
      const own = ((number * 37) % 100) / 4;
      for (let request = 0; request < requests; request++) {
        const time = (ms[variant] ?? 0) + own + (((number + request) * 61) % 100) / 4;
        sluice.metrics.observe('render', time, { flag: 'f', variant, ...(withUnit(variant) ? { unit } : {}) });
      }
    }
    await clock.advance(1000);
  }
}

describe('a criterion on means versus control', () => {
  it('takes back a change that is slower on average, though nobody waits long, with the evidence', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, { seconds: 29, ms: { on: 160, off: 100 } });
    const status = at.sluice.rollouts.getRolloutStatus('f');
    expect(status).toMatchObject({
      phase: 'failed',
      currentPercentage: 0,
      error: expect.stringContaining('units on the change'),
    });
    expect(status?.verdicts[0]).toMatchObject({
      verdict: 'fail',
      cause: 'comparison',
      comparedBy: 'units',
      logE: expect.any(Number),
    });
    const [rollback] = await at.sluice.rollbacks.getRollbackHistory();
    expect(JSON.stringify(rollback)).toContain('"comparedBy":"units"');
  });

  it('lets a change through that is as slow as the control, however slow that is, and compares each stage by itself', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, { seconds: 110, ms: { on: 900, off: 900 } });
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
  });

  it('counts a unit once, however often it reports, in the ledger, so that another process goes on with the same', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, { seconds: 5, ms: { on: 100, off: 100 }, requests: 7 });
    const { arms } = await at.store.readTotals(DEFAULT_SCOPE, 'rollout/f/1/0/mean/units/render');
    const counts = Object.values(arms).map(({ exposed, metrics }) => [exposed, metrics.render?.n]);
    expect(counts.reduce((sum, [exposed = 0]) => sum + exposed, 0)).toBe(500);
    for (const [exposed, n] of counts) expect(n).toBe(exposed);
  });

  it('waits for a hundred units on each side, also beyond the bake', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', { ...PLAN, stages: [1, 50], minExposures: 1 });
    await serve(at, { seconds: 45, ms: { on: 100, off: 100 } });
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      currentPercentage: 1,
      waitingFor: expect.stringMatching(/was met by \d+ units of the change and \d+ beside it; 100 of each are compared/),
    });
  });

  it('goes by raw values where no unit is known, and says so', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, { seconds: 20, ms: { on: 105, off: 100 }, withUnit: () => false });
    const [verdict] = at.sluice.rollouts.getRolloutStatus('f')?.verdicts ?? [];
    expect(verdict).toMatchObject({ verdict: 'pass', comparedBy: 'requests' });
    expect(verdict?.message).toMatch(/raw requests, not units: .* values on the change .* more than 1.2 times/);
    await serve(at, { seconds: 9, ms: { on: 400, off: 100 }, withUnit: () => false });
    expect(at.sluice.rollouts.getRolloutStatus('f')?.phase).toBe('failed');
  });

  it('holds where only the change records without units', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, { seconds: 40, ms: { on: 400, off: 100 }, withUnit: (variant) => variant === 'off' });
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      state: { name: 'held' },
      waitingFor: expect.stringContaining('pass { unit } to observe'),
    });
  });

  it('shares the chance of a false alarm with the rate of slow units, of which each finds what the other does not', async () => {
    const both = { ...PLAN, criteria: [MEAN, { metric: 'p95(render)', versusControl: 1.1, slowerThan: 400 }] };
    const at = await world();
    await at.sluice.rollouts.startRollout('f', both);
    await serve(at, { seconds: 29, ms: { on: 160, off: 100 } });
    expect(at.sluice.rollouts.getRolloutStatus('f')?.verdicts).toMatchObject([
      { verdict: 'fail', message: expect.stringMatching(/harm from 80 : 1$/) },
      { verdict: 'pass', logE: 0 },
    ]);
  });
});

describe('non-inferiority', () => {
  const asked = { ...PLAN, criteria: [{ ...MEAN, versusControl: 1.05, nonInferiority: true }] };

  it('keeps a stage that has baked waiting until the change is shown to be no worse', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', asked);
    await serve(at, { seconds: 40, ms: { on: 105.4, off: 100 } });
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      currentPercentage: 20,
      waitingFor: expect.stringContaining('not shown to be no worse yet'),
    });
    await serve(at, { seconds: 90, ms: { on: 105.4, off: 100 } });
    expect(at.sluice.rollouts.getRolloutStatus('f')?.currentPercentage).toBe(50);
  });

  it('does not keep it where the planned bake is enough', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', { ...asked, criteria: [{ ...MEAN, versusControl: 1.05 }] });
    await serve(at, { seconds: 40, ms: { on: 105.4, off: 100 } });
    expect(at.sluice.rollouts.getRolloutStatus('f')?.currentPercentage).toBe(50);
  });
});
