import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

type ThreeArms = 'control' | 'fast' | 'cheap';
const three = {
  testId: 't',
  arms: [
    { variant: 'control', component: 'a', weight: 0.5 },
    { variant: 'fast', component: 'b', weight: 0.25 },
    { variant: 'cheap', component: 'c', weight: 0.25 },
  ],
  trackedMetrics: ['quality'],
};

async function running(settings: Parameters<ReturnType<typeof createSluice>['abTests']['createTest']>[0]) {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.abTests.createTest(settings);
  await sluice.abTests.startTest(settings.testId);
  return { clock, sluice, tests: sluice.abTests };
}
const noise = (index: number): number => ((index * 2654435761) % 4294967296) / 4294967296;

describe('a test with a traffic share', () => {
  it('gives everybody else control and counts only who is in, of the control too', async () => {
    const { sluice, tests } = await running({
      testId: 't',
      controlComponent: 'a',
      treatmentComponent: 'b',
      trafficShare: 0.2,
    });
    const heard: string[] = [];
    sluice.on('exposure', ({ variant }) => heard.push(variant));
    const variants = Array.from({ length: 5000 }, (_, unit) => tests.getVariant('t', { userId: unit }));
    const { control, treatment } = (await tests.getTestResults('t')).sampleSizes;
    expect(treatment).toBe(variants.filter((variant) => variant === 'treatment').length);
    for (const size of [control, treatment]) expect(Math.abs(size - 500)).toBeLessThan(90);
    expect(heard).toHaveLength(control + treatment);
    expect(tests.getTest('t')).toMatchObject({ trafficShare: 0.2, trafficSplit: 0.5, eligibility: {} });
  });

  it('tells values of units outside its traffic from those of units that were never given a variant', async () => {
    const { sluice, tests } = await running({
      testId: 't',
      controlComponent: 'a',
      treatmentComponent: 'b',
      trafficShare: 0.2,
      trackedMetrics: ['quality'],
    });
    const warnings = async () => (await tests.getTestResults('t')).warnings.filter((text) => /traffic|getVariant/.test(text));
    const counted: string[] = [];
    sluice.on('exposure', ({ userId }) => counted.push(String(userId)));
    let taken = 0;
    for (let user = 0; user < 500; user++) {
      const variant = tests.getVariant('t', { userId: `u${user}` });
      if (tests.recordMetric('t', variant, 'quality', 1, { userId: `u${user}` })) taken += 1;
    }
    expect(taken).toBe(counted.length);
    expect(await warnings()).toEqual([
      `values that this process was given of units outside the test's traffic of 20 %: ${500 - taken}; they do not count, and need not be recorded`,
    ]);
    const unseen = Array.from({ length: 100 }, (_, user) => `v${user}`);
    const recorded = unseen.filter((userId) => tests.recordMetric('t', 'control', 'quality', 1, { userId })).length;
    expect(recorded).toBeGreaterThan(5);
    expect(await warnings()).toContain(
      `${recorded} units have values but were never given a variant by getVariant; their values do not count`,
    );
  });

  it('gives units that are not eligible control, uncounted', async () => {
    const { tests } = await running({
      testId: 't',
      controlComponent: 'a',
      treatmentComponent: 'b',
      eligibility: { plan: 'pro' },
    });
    const variants = Array.from({ length: 400 }, (_, unit) =>
      tests.getVariant('t', { userId: unit, attributes: { plan: unit % 2 === 0 ? 'pro' : 'free' } }),
    );
    expect(new Set(variants.filter((_, unit) => unit % 2 === 1))).toEqual(new Set(['control']));
    const { control, treatment } = (await tests.getTestResults('t')).sampleSizes;
    expect(control + treatment).toBe(200);
    expect(Math.min(control, treatment)).toBeGreaterThan(60);
  });

  it('counts nobody while its conditions or its salt were changed', async () => {
    const { sluice, tests } = await running({
      testId: 't',
      controlComponent: 'a',
      treatmentComponent: 'b',
      eligibility: { plan: 'pro' },
    });
    await sluice.flags.setFlag('t', { conditions: {} });
    expect((await tests.getTestResults('t')).warnings.join()).toContain(
      'it has the conditions {}, and the test set {"plan":"pro"}',
    );
    await sluice.flags.setFlag('t', { conditions: { plan: 'pro' } });
    expect((await tests.getTestResults('t')).warnings.join()).not.toContain('changed from outside');
  });
});

describe('a test with three arms', () => {
  it('divides, records and judges each treatment against the control', async () => {
    const { sluice, tests } = await running(three);
    for (let unit = 0; unit < 2000; unit++) {
      const variant = tests.getVariant<ThreeArms>('t', { userId: unit });
      const better = { control: 0, fast: 0.001, cheap: 0.3 }[variant];
      expect(tests.recordMetric('t', variant, 'quality', 10 + better + noise(unit), { userId: unit })).toBe(true);
    }
    expect(tests.recordMetric('t', 'treatment', 'quality', 1, { userId: 1 })).toBe(false);
    const results = await tests.getTestResults('t');
    expect(results).toMatchObject({ significant: true, winner: 'cheap' });
    expect(results.arms.cheap?.metrics.quality).toMatchObject({ verdict: 'better', goal: 'increase' });
    expect(results.arms.fast?.metrics.quality?.verdict).toBe('noDifference');
    expect(results.arms.control).toMatchObject({ component: 'a', metrics: {} });
    expect(results.arms.control?.means.quality).toBe(results.controlMean.quality);
    expect(results.treatmentMean.quality).toBe(results.arms.fast?.means.quality);
    const sizes = Object.values(results.sampleSizes);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2000);
    expect(Math.abs((results.sampleSizes.control ?? 0) - 1000)).toBeLessThan(100);
    expect(sluice.flags.evaluate('t', { userId: 0 }, null).value).toMatch(/^[abc]$/);
  });

  it('names the better of two winners, and says that the two were not compared', async () => {
    const { tests } = await running(three);
    for (let unit = 0; unit < 2000; unit++) {
      const variant = tests.getVariant<ThreeArms>('t', { userId: unit });
      tests.recordMetric('t', variant, 'quality', 10 + { control: 0, fast: 0.5, cheap: 0.3 }[variant] + noise(unit), {
        userId: unit,
      });
    }
    const results = await tests.getTestResults('t');
    expect(results.winner).toBe('fast');
    expect(results.warnings.join()).toContain('fast and cheap are each better than control');
  });
});
