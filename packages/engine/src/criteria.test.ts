import { describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

interface Traffic {
  readonly requests: number;
  readonly errors: number;
  readonly latencyMs: number;
}

/** A service whose users are served by the flag, one batch of requests a second. */
async function serve(sluice: Sluice, clock: ManualClock, seconds: number, on: Traffic): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    for (let request = 0; request < on.requests; request++) {
      const userId = `user-${(second * on.requests + request) % 5000}`;
      const variant = sluice.flags.getVariant('f', { userId }) ?? 'off';
      const labels = { flag: 'f', variant, unit: userId };
      sluice.metrics.count('requests', labels);
      if (variant === 'on' && request % Math.max(1, Math.floor(on.requests / Math.max(1, on.errors))) === 0 && on.errors > 0)
        sluice.metrics.count('errors', labels);
      sluice.metrics.observe('latency', variant === 'on' ? on.latencyMs : 20, labels);
    }
    await clock.advance(1000);
  }
}

async function world(): Promise<{ sluice: Sluice; clock: ManualClock }> {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  return { sluice, clock };
}

const healthy = { requests: 200, errors: 0, latencyMs: 30 };
const criteria = [
  { metric: 'errorRate', max: 0.05 },
  { metric: 'p95', max: 100 },
];
const plan = { strategy: 'percentage', stages: [20, 100], bakeMs: 30_000, criteria } as const;

describe('criteria on the process own collector', () => {
  it('let a healthy change through', async () => {
    const { sluice, clock } = await world();
    await sluice.rollouts.startRollout('f', plan);
    await serve(sluice, clock, 70, healthy);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
  });

  it('roll back errors at once, bake or no bake, with evidence and the number of users who met one', async () => {
    const { sluice, clock } = await world();
    await sluice.rollouts.startRollout('f', plan);
    await serve(sluice, clock, 10, { requests: 200, errors: 100, latencyMs: 30 });
    const status = sluice.rollouts.getRolloutStatus('f');
    expect(status).toMatchObject({
      phase: 'failed',
      currentPercentage: 0,
      error: expect.stringMatching(/^errorRate is 0\.\d+ over \d+ samples, above 0\.05$/),
    });
    const [rollback] = await sluice.rollbacks.getRollbackHistory({ flag: 'f' });
    expect(rollback?.detail).toMatchObject({ stage: 0, percentage: 20, verdicts: [{ verdict: 'fail' }, { criterion: 'p95' }] });
    expect(rollback?.detail.unitsWithError).toBeGreaterThan(10);
    expect(rollback?.detail.unitsWithError).toBeLessThanOrEqual(rollback?.detail.exposures as number);
  });

  it('roll back latency', async () => {
    const { sluice, clock } = await world();
    await sluice.rollouts.startRollout('f', plan);
    await serve(sluice, clock, 10, { requests: 200, errors: 0, latencyMs: 400 });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'failed', error: expect.stringContaining('p95 is') });
  });

  it('wait below minSamples and minExposures, hold when traffic stops, and go on by themselves when it is back', async () => {
    const { sluice, clock } = await world();
    await sluice.rollouts.startRollout('f', plan);
    await clock.advance(59_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      phase: 'baking',
      verdicts: [{ verdict: 'wait' }, { verdict: 'wait' }],
    });
    await clock.advance(10_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'held', state: { reason: 'noData' } });
    await serve(sluice, clock, 100, healthy);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
  });

  it('do not bake over silence', async () => {
    const { sluice, clock } = await world();
    await sluice.rollouts.startRollout('f', { ...plan, bakeMs: 600_000 });
    await serve(sluice, clock, 20, healthy);
    await clock.advance(3_600_000);
    const { bakeRemainingMs = 0, phase } = sluice.rollouts.getRolloutStatus('f') ?? {};
    expect(phase).toBe('held');
    expect(bakeRemainingMs).toBeGreaterThan(600_000 - 20_000 - 62_000);
  });

  it('only tell, when they are dry runs', async () => {
    const { sluice, clock } = await world();
    await sluice.rollouts.startRollout('f', {
      ...plan,
      criteria: [{ metric: 'errorRate', max: 0.05, dryRun: true }],
      validate: () => true,
    });
    await serve(sluice, clock, 20, { requests: 200, errors: 100, latencyMs: 30 });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      phase: 'baking',
      verdicts: [{ verdict: 'fail', dryRun: true }],
    });
  });

  it('are refused in preflight, before anybody is served, when they can never be measured', async () => {
    const { sluice } = await world();
    const impossible = [
      { metric: 'errorRate', max: 0.05, source: 'nowhere' },
      { metric: 'p95', max: 9, windowMs: 3_600_000 },
    ];
    for (const criterion of impossible) {
      const status = await sluice.rollouts.startRollout('f', { ...plan, criteria: [criterion] });
      expect(status).toMatchObject({ phase: 'failed', error: expect.stringContaining(`criterion "${criterion.metric}"`) });
      expect(sluice.flags.getFlag('f')?.servedPercentage).toBe(0);
    }
  });

  it('hold when a named metric source cannot measure, whatever it answers, and roll back meanwhile on what another measures', async () => {
    const { sluice, clock } = await world();
    const answers: unknown[] = [
      { kind: 'value', value: Number.NaN, samples: 99, at: clock.now() },
      { kind: 'error', cause: 'provider', message: 'HTTP 500' },
    ];
    for (const answer of [...answers, 'throws', 'rejects', 'hangs']) {
      sluice.rollouts.addMetricSource('other', {
        measure: () => {
          if (answer === 'throws') throw new Error('boom');
          if (answer === 'rejects') return Promise.reject(new Error('boom'));
          return answer === 'hangs' ? new Promise(() => {}) : (answer as never);
        },
      });
      await sluice.rollouts.startRollout('f', {
        ...plan,
        criteria: [{ metric: 'errorRate', max: 0.05, source: 'other', staleAfterMs: 1e9 }],
        onConflict: 'supersede',
      });
      await serve(sluice, clock, 40, healthy);
      expect(sluice.rollouts.getRolloutStatus('f'), String(answer)).toMatchObject({ phase: 'held', currentPercentage: 20 });
    }
    await sluice.rollouts.startRollout('f', {
      ...plan,
      criteria: [...criteria, { metric: 'errorRate', name: 'elsewhere', max: 0.05, source: 'other' }],
      onConflict: 'supersede',
    });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'baking' });
    // The source that hangs is waited for until its deadline, and no longer.
    await serve(sluice, clock, 15, { requests: 200, errors: 100, latencyMs: 30 });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'failed' });
  });
});
