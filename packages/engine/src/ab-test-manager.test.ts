import { describe, expect, it } from 'vitest';
import { TestVariant } from './ab-test-manager.ts';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import type { Exposure } from './sluice-events.ts';
import { memoryStore } from './store/memory-store.ts';

const DAY = 86_400_000;
const settings = { testId: 'ner', controlComponent: 'biobert', treatmentComponent: 'pubmedbert' };

async function world(more: object = {}) {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.abTests.createTest({ ...settings, ...more });
  return { clock, sluice, tests: sluice.abTests };
}

/** A deterministic value that looks like noise, from 0 to 1. */
const noise = (index: number): number => ((index * 2654435761) % 4294967296) / 4294967296;

describe('a test', () => {
  it('serves control without exposure until it starts, then splits and keeps every user where they are', async () => {
    const { sluice, tests } = await world();
    const heard: Exposure[] = [];
    sluice.on('exposure', (exposure) => heard.push(exposure));
    expect(tests.getVariant('ner', { userId: 'u' })).toBe(TestVariant.CONTROL);
    expect(tests.getVariant('unknown', { userId: 'u' })).toBe(TestVariant.CONTROL);
    await tests.startTest('ner');
    const first = Array.from({ length: 2000 }, (_, i) => tests.getVariant('ner', { userId: `u${i}` }));
    const again = Array.from({ length: 2000 }, (_, i) => tests.getVariant('ner', { userId: `u${i}` }));
    expect(again).toEqual(first);
    expect(Math.abs(first.filter((variant) => variant === 'treatment').length - 1000)).toBeLessThan(120);
    expect(heard).toHaveLength(2000);
    expect(sluice.flags.evaluate('ner', { userId: 'u0' }, null).value).toBe(first[0] === 'control' ? 'biobert' : 'pubmedbert');
    const { sampleSizes } = await tests.getTestResults('ner');
    expect(sampleSizes.control + sampleSizes.treatment).toBe(2000);
    sluice.flags.explain('ner', { userId: 'new' });
    sluice.flags.evaluateAll({ userId: 'new' });
    expect(heard).toHaveLength(2000);
  });

  it('counts a user once, as the mean of their values, and only from their exposure on', async () => {
    const { tests } = await world({ trackedMetrics: ['latency'] });
    await tests.startTest('ner');
    tests.recordMetric('ner', 'control', 'latency', 9999, { userId: 'early' });
    const users = { control: 0, treatment: 0 };
    for (let i = 0; users.control < 150 || users.treatment < 150; i++) {
      const variant = tests.getVariant('ner', { userId: `u${i}` });
      users[variant] += 1;
      const base = variant === 'control' ? 200 : 150;
      for (let repeat = 0; repeat < 20; repeat++)
        tests.recordMetric('ner', variant, 'latency', base + 40 * noise(i) + repeat, { userId: `u${i}` });
    }
    const results = await tests.getTestResults('ner');
    expect(results).toMatchObject({ significant: true, winner: 'treatment', sampleSizes: users, verdict: { latency: 'better' } });
    expect(results.metrics.latency).toMatchObject({ controlUnits: users.control, unit: 'user', goal: 'decrease', reason: null });
    expect(results.controlMean.latency).toBeCloseTo(200 + 20 + 9.5, -1);
    expect(results.improvement.latency).toBeGreaterThan(0.15);
    expect(results.lift.latency).toBe(-(results.improvement.latency ?? 0));
    expect(results.warnings.join()).toContain('1 units have values but were never given a variant');
  });

  it('takes values without a user one by one, and says what that means', async () => {
    const { tests } = await world({ trackedMetrics: ['accuracy'] });
    await tests.startTest('ner');
    for (let i = 0; i < 200; i++) {
      tests.recordMetric('ner', 'control', 'accuracy', 1e9 + noise(i));
      tests.recordMetric('ner', 'treatment', 'accuracy', 1e9 + noise(i + 7) + 0.5);
    }
    const results = await tests.getTestResults('ner');
    expect(results).toMatchObject({ significant: true, winner: 'treatment', sampleSizes: { control: 200, treatment: 200 } });
    expect(results.metrics.accuracy?.difference).toBeCloseTo(0.5, 1);
    expect(results.warnings.join()).toContain('recorded without a user');
    expect(tests.recordMetric('ner', 'control', 'accuracy', 1, { userId: 'u' })).toBe(false);
  });

  it('calls nothing significant below 100 units per arm, nor what does not differ', async () => {
    const { tests } = await world({ trackedMetrics: ['latency', 'cost'] });
    await tests.startTest('ner');
    const record = (from: number, to: number): void => {
      for (let i = from; i < to; i++)
        for (const variant of ['control', 'treatment'] as const) {
          tests.recordMetric('ner', variant, 'latency', (variant === 'control' ? 10 : 5) + noise(i));
          tests.recordMetric('ner', variant, 'cost', noise(i));
        }
    };
    record(0, 99);
    expect(await tests.getTestResults('ner')).toMatchObject({
      significant: false,
      winner: null,
      verdict: { latency: 'insufficientData' },
    });
    record(99, 101);
    expect(await tests.getTestResults('ner')).toMatchObject({
      significant: true,
      verdict: { latency: 'better', cost: 'noDifference' },
      pValue: { cost: 1 },
    });
  });

  it('refuses values that are none, without throwing into the caller', async () => {
    const { tests } = await world();
    expect(tests.recordMetric('ner', 'control', 'latency', 1)).toBe(false);
    await tests.startTest('ner');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '5' as never, undefined as never])
      expect(tests.recordMetric('ner', 'control', 'latency', value)).toBe(false);
    expect(tests.recordMetric('ner', 'blue' as never, 'latency', 1)).toBe(false);
    expect(tests.recordMetric('unknown', 'control', 'latency', 1)).toBe(false);
    expect(tests.recordMetric('ner', 'control', '__proto__', 1)).toBe(true);
    const results = await tests.getTestResults('ner');
    expect(Object.keys(results.metrics)).toEqual(['__proto__']);
    expect(JSON.stringify(results)).not.toMatch(/NaN|Infinity/);
  });

  it('ends by itself after its days, by hand, or with a kill; then everybody gets control and the results stay', async () => {
    for (const how of ['time', 'stop', 'kill']) {
      const { clock, sluice, tests } = await world({ durationDays: 7 });
      await tests.startTest('ner');
      const [treated] = Array.from({ length: 50 }, (_, i) => `u${i}`).filter(
        (userId) => tests.getVariant('ner', { userId }) === 'treatment',
      );
      await clock.advance(7 * DAY - 1000);
      expect(tests.getTest('ner').phase).toBe('running');
      if (how === 'time') await clock.advance(1000);
      else if (how === 'stop') await tests.stopTest('ner', { reason: 'enough' });
      else await sluice.rollbacks.rollbackImmediate('ner', { reason: 'pager' });
      expect(tests.getTest('ner')).toMatchObject({ phase: 'stopped', endsAt: null });
      expect(tests.getVariant('ner', { userId: treated ?? '' })).toBe('control');
      expect((await tests.getTestResults('ner')).sampleSizes.treatment).toBeGreaterThan(10);
      await expect(tests.startTest('ner')).rejects.toMatchObject({ code: 'refused' });
      expect(sluice.flags.getFlag('ner')?.shareOwner).toBeNull();
    }
  });

  it('starts and ends by the wall clock, also one that was set forward meanwhile', async () => {
    const { clock, tests } = await world({ durationDays: 7, startAt: 1_700_000_000_000 + 30 * DAY });
    await tests.startTest('ner');
    expect(tests.getTest('ner').phase).toBe('scheduled');
    clock.jump(30 * DAY);
    await clock.advance(60_000);
    expect(tests.getTest('ner').phase).toBe('running');
    clock.jump(7 * DAY);
    await clock.advance(60_000);
    expect(tests.getTest('ner').phase).toBe('stopped');
  });

  it('owns its share while it runs', async () => {
    const { sluice, tests } = await world();
    await tests.startTest('ner');
    await expect(sluice.flags.setRolloutPercentage('ner', 90)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the test "ner"'),
    });
    await expect(sluice.rollouts.startRollout('ner', { strategy: 'canary', validate: () => true })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('names every bad setting, and refuses a key that is in use', async () => {
    const { sluice, tests } = await world();
    const bad = { testId: '', controlComponent: 'a', treatmentComponent: '', trafficSplit: 1, durationDays: 0 };
    await expect(tests.createTest(bad)).rejects.toMatchObject({
      issues: [{ path: '/testId' }, { path: '/treatmentComponent' }, { path: '/trafficSplit' }, { path: '/durationDays' }],
    });
    await expect(
      tests.createTest({ ...settings, testId: 'x', trackedMetrics: [{ name: 'm', goal: 'up' as never }] }),
    ).rejects.toMatchObject({ issues: [{ path: '/trackedMetrics/0/goal' }] });
    await expect(tests.createTest(settings)).rejects.toMatchObject({ code: 'conflict' });
    await sluice.flags.setFlag('taken', {});
    await expect(tests.createTest({ ...settings, testId: 'taken' })).rejects.toMatchObject({ code: 'conflict' });
  });
});
