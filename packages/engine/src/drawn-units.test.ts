import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const DAY = 86_400_000;

async function running(more: object = {}, flag: object = {}) {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  const tests = sluice.abTests;
  await tests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', ...more });
  await sluice.flags.setFlag('t', flag);
  await tests.startTest('t');
  return { clock, sluice, tests };
}

describe('a running test', () => {
  it('compares only units drawn by bucket: whom a condition or a list sent to an arm proves nothing', async () => {
    const { tests } = await running(
      { trackedMetrics: ['m'], eligibility: { plan: 'pro' } },
      {
        enabledGroups: ['staff'],
        enabledUsers: ['u4', 'u8'],
      },
    );
    for (let index = 0; index < 2_000; index++) {
      const isPro = index % 4 === 0;
      const unit = {
        userId: `u${index}`,
        groups: index % 10 === 1 ? ['staff'] : [],
        attributes: { plan: isPro ? 'pro' : 'free' },
      };
      const variant = tests.getVariant('t', unit);
      tests.recordMetric('t', variant, 'm', (isPro ? 100 : 1) + (index % 7), { userId: unit.userId });
    }
    const results = await tests.getTestResults('t');
    expect(results.sampleSizes.control + results.sampleSizes.treatment).toBe(498);
    expect(results).toMatchObject({ significant: false, winner: null });
  });

  it('finds a metric early that came in the same second as the first hundred units', async () => {
    const { tests } = await running();
    for (let index = 0; index < 600; index++) {
      const variant = tests.getVariant('t', { userId: `u${index}` });
      tests.recordMetric('t', variant, 'latency', (variant === 'control' ? 150 : 140) + (index % 7));
    }
    const results = await tests.getTestResults('t');
    expect(results.metrics.latency?.role).toBe('primary');
    expect(results).toMatchObject({ significant: true, winner: 'treatment' });
  });

  it('is not started on conditions that are not its own', async () => {
    const { sluice, tests } = await running();
    await tests.createTest({ testId: 'other', controlComponent: 'a', treatmentComponent: 'b' });
    await sluice.flags.setFlag('other', { conditions: { plan: 'pro' } });
    await expect(tests.startTest('other')).rejects.toThrow('create it with them as eligibility');
  });

  it('says that its flag was changed from outside, and that no metric decides', async () => {
    const { sluice, tests } = await running({ trackedMetrics: [{ name: 'm', role: 'secondary' }] });
    tests.recordMetric('t', 'control', 'm', 1);
    await sluice.flags.setRolloutPercentage('t', 90, { force: true });
    const { warnings } = await tests.getTestResults('t');
    expect(warnings.join('\n')).toContain('it has 90 % of the units in');
    expect(warnings.join('\n')).toContain('no metric is primary');
  });

  it('leaves no split behind when it ends, and its end does not undo a kill', async () => {
    const { clock, sluice, tests } = await running({ durationDays: 1 });
    await sluice.flags.disableFlag('t');
    expect(tests.getTest('t').phase).toBe('stopped');
    await clock.advance(2 * DAY);
    expect(sluice.flags.getFlag('t')).toMatchObject({ status: 'disabled', shareOwner: null });
    await sluice.flags.restoreFlag('t');
    expect(sluice.flags.getFlag('t')).toMatchObject({ status: 'percentage', servedPercentage: 0 });
  });

  it('that a rollout supersedes ends, and the rollout begins at its first stage', async () => {
    const { sluice, tests } = await running();
    const status = await sluice.rollouts.startRollout('t', {
      strategy: 'canary',
      validate: () => true,
      onConflict: 'supersede',
      reason: 'enough seen',
    });
    expect(status).toMatchObject({ currentPercentage: 1, stagePercentages: [1, 5, 10, 25, 50, 100] });
    expect(tests.getTest('t')).toMatchObject({ phase: 'stopped', stopReason: 'a rollout of "t" takes over: enough seen' });
  });

  it('takes what hostile callers hand in without throwing, and refuses it', async () => {
    const { tests } = await running();
    const record = tests.recordMetric.bind(tests) as (...args: unknown[]) => boolean;
    const trap = new Proxy(
      {},
      {
        get() {
          throw new Error('no');
        },
        ownKeys() {
          throw new Error('no');
        },
      },
    );
    for (const args of [
      [Symbol('t'), 'control', 'm', 1],
      ['t', 'control', Symbol('m'), 1],
      ['t', trap, 'm', 1],
      [trap, 'control', 'm', 1],
      ['t', 'control', trap, 1],
      ['t', 'control', 'm', trap],
      ['t', 'control', 'm', 1, null],
      ['t', 'control', 'm', 1, trap],
      ['t', 'control', 'm', 1, { userID: 'u' }],
      ['t', 'control', 'm', '1'],
    ])
      expect(record(...args)).toBe(false);
  });
});

it('a flag that buckets by an attribute counts what it assigns', async () => {
  const sluice = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 100, bucketBy: 'tenant' });
  for (let index = 0; index < 100; index++)
    sluice.flags.isEnabled('f', { userId: `u${index}`, attributes: { tenant: `t${index % 3}` } });
  sluice.flags.isEnabled('f', { attributes: { tenant: 't9' } });
  expect((await sluice.flags.getFlagStats('f')).exposedUnits).toEqual({ on: 4 });
});
