/** A change that is compared with the control by the units that met an error. */
import { describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const PLAN = {
  strategy: 'percentage',
  stages: [20, 50],
  bakeMs: 30_000,
  criteria: [{ metric: 'errorRate', versusControl: 1.2 }],
} as const;

async function world(): Promise<{ sluice: Sluice; clock: ManualClock }> {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  return { sluice, clock };
}

/** 200 requests a second, each of another user; of every hundred so many fail, by variant. */
async function serve(
  { sluice, clock }: { sluice: Sluice; clock: ManualClock },
  seconds: number,
  failing: Record<string, number>,
  withUnit: boolean | ((variant: string) => boolean) = true,
) {
  for (let second = 0; second < seconds; second++) {
    for (let request = 0; request < 200; request++) {
      const number = second * 200 + request;
      const unit = `user-${number}`;
      const variant = sluice.flags.getVariant('f', { userId: unit }) ?? 'off';
      const labels = { flag: 'f', variant, ...((typeof withUnit === 'boolean' ? withUnit : withUnit(variant)) ? { unit } : {}) };
      sluice.metrics.count('requests', labels);
      // One that counts no error met none.
      sluice.metrics.count('errors', labels, (number * 37) % 100 < (failing[variant] ?? 0) ? 1 : 0);
    }
    await clock.advance(1000);
  }
}

describe('a criterion versus control', () => {
  it('takes a worse change back, with the evidence', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, 25, { on: 12, off: 3 });
    const status = at.sluice.rollouts.getRolloutStatus('f');
    expect(status).toMatchObject({
      phase: 'failed',
      currentPercentage: 0,
      error: expect.stringContaining('units met an error on the change'),
    });
    expect(status?.verdicts[0]).toMatchObject({ verdict: 'fail', cause: 'comparison' });
    const [rollback] = await at.sluice.rollbacks.getRollbackHistory();
    expect(JSON.stringify(rollback)).toContain('evidence');
  });

  it('lets a change through that fails as often as the control, however often that is', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, 110, { on: 12, off: 12 });
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
  });

  it('goes by raw requests where errors are counted without their unit, tolerates 1.2 and says so', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', { ...PLAN, criteria: [{ metric: 'errorRate', versusControl: 1 }] });
    await serve(at, 20, { on: 5, off: 5 }, false);
    const [good] = at.sluice.rollouts.getRolloutStatus('f')?.verdicts ?? [];
    expect(good).toMatchObject({ verdict: 'pass', comparedBy: 'requests' });
    expect(good?.message).toMatch(/raw requests, not units: \d+ of \d+ met an error on the change .* more than 1.2 times/);
    await serve(at, 9, { on: 40, off: 5 }, false);
    const status = at.sluice.rollouts.getRolloutStatus('f');
    expect(status).toMatchObject({ phase: 'failed', error: expect.stringContaining('raw requests, not units') });
    expect(status?.verdicts[0]).toMatchObject({ cause: 'comparison', comparedBy: 'requests' });
  });

  it('lets a change through whose raw requests fail as often, over its stages', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, 110, { on: 12, off: 12 }, false);
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
  });

  it('holds where only the errors of the change are counted without their unit', async () => {
    const at = await world();
    await at.sluice.rollouts.startRollout('f', PLAN);
    await serve(at, 40, { on: 12, off: 3 }, (variant) => variant === 'off');
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      state: { name: 'held' },
      waitingFor: expect.stringContaining('pass { unit } to count'),
    });
  });
});
