import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const DAY = 86_400_000;

async function running(trackedMetrics: readonly object[], more: object = {}) {
  const [clock, warned] = [manualClock(1_700_000_000_000), [] as string[]];
  const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => void warned.push(text) };
  const sluice = createSluice({ store: memoryStore(), clock, logger });
  await sluice.abTests.createTest({
    testId: 't',
    controlComponent: 'a',
    treatmentComponent: 'b',
    durationDays: 30,
    trackedMetrics: trackedMetrics as never,
    ...more,
  });
  await sluice.abTests.startTest('t');
  const record = (user: number, metric: string, value: number): boolean => {
    const variant = sluice.flags.explain('t', { userId: user })?.variant;
    return sluice.abTests.recordMetric('t', variant ?? '', metric, value, { userId: user });
  };
  return { clock, sluice, tests: sluice.abTests, record, warned };
}

/** A deterministic value that looks like noise, from 0 to 1. */
const noise = (index: number): number => ((index * 2654435761) % 4294967296) / 4294967296;
const USERS = Array.from({ length: 600 }, (_, user) => user);

it('values from before a user’s exposure are their covariate, in whatever flush they come', async () => {
  const { clock, tests, record } = await running([{ name: 'spent', aggregation: 'sum', covariate: true }]);
  for (const user of USERS) {
    record(user, 'spent', 100 * noise(user));
    if (user === 300) await clock.advance(5000);
  }
  // No time passes: what was told first is from before.
  for (const user of USERS) {
    const shift = tests.getVariant('t', { userId: user }) === 'treatment' ? 2 : 0;
    record(user, 'spent', 100 * noise(user) + noise(user + 5000) + shift);
  }
  const { metrics, verdict } = await tests.getTestResults('t');
  expect(metrics.spent?.adjustment?.theta).toBeCloseTo(1, 1);
  expect(metrics.spent?.adjustment?.imputedUnits).toBe(0);
  expect(metrics.spent?.difference).toBeCloseTo(2, 0);
  expect(verdict.spent).toBe('better');
});

it('a ratio is of the sums of an arm', async () => {
  const { tests, record } = await running([
    { name: 'clicks', per: 'views' },
    { name: 'views', aggregation: 'count', role: 'secondary' },
  ]);
  for (const user of USERS) {
    tests.getVariant('t', { userId: user });
    for (let view = 0; view < 1 + (user % 4); view++) record(user, 'views', 1);
    record(user, 'clicks', 1);
  }
  const { controlMean, metrics } = await tests.getTestResults('t');
  const control = USERS.filter((user) => tests.getVariant('t', { userId: user }) === 'control');
  const views = control.reduce((sum, user) => sum + 1 + (user % 4), 0);
  expect(controlMean.clicks).toBeCloseTo(control.length / views, 12);
  expect(metrics.clicks).toMatchObject({ per: 'views', aggregation: 'sum', controlUnits: control.length });
});

it('a window is counted from each user’s own exposure, also where one flush holds both sides of its end', async () => {
  const { clock, sluice, tests, record } = await running([{ name: 'bought', aggregation: 'count', windowDays: 1 }]);
  const user = USERS.find((key) => sluice.flags.explain('t', { userId: key })?.variant === 'control') ?? 0;
  tests.getVariant('t', { userId: user });
  await clock.advance(DAY - 2000);
  // Jumps flush nothing: all three values go to the store together.
  for (let times = 0; times < 3; times++) {
    record(user, 'bought', 1);
    clock.jump(1100);
  }
  const { controlMean, sampleSizes } = await tests.getTestResults('t');
  expect(sampleSizes.control).toBe(1);
  expect(controlMean.bought).toBe(2);
});

it('refuses values without a user where they could not be paired or placed, and says why', async () => {
  const { tests, warned } = await running([
    { name: 'clicks', per: 'views' },
    { name: 'views', aggregation: 'sum' },
    { name: 'spent', covariate: true },
    { name: 'bought', windowDays: 2 },
    { name: 'plain' },
  ]);
  for (const metric of ['clicks', 'views', 'spent', 'bought']) expect(tests.recordMetric('t', 'control', metric, 1)).toBe(false);
  expect(tests.recordMetric('t', 'control', 'plain', 1)).toBe(true);
  expect(warned.join()).toContain(
    'recordMetric("t", "clicks"): it needs a userId, because of its covariate, window, ratio or ranks',
  );
});

it('results are shown once more by what users were at their first exposure', async () => {
  const { tests } = await running([{ name: 'bought', aggregation: 'count' }], { dimensions: ['plan', 'country'] });
  for (const user of USERS) {
    const attributes = { plan: user % 3 === 0 ? 'pro' : 'free', ...(user < 5 ? { country: 'de' } : {}) };
    tests.getVariant('t', { userId: user, attributes });
  }
  for (const user of USERS) {
    const variant = tests.getVariant('t', { userId: user, attributes: { plan: 'other' } });
    if (user % 3 === 0) tests.recordMetric('t', variant, 'bought', 1, { userId: user });
  }
  const { dimensions } = await tests.getTestResults('t');
  expect(Object.keys(dimensions.plan ?? {}).sort()).toEqual(['free', 'pro']);
  const sizes = Object.values(dimensions.plan?.pro?.sampleSizes ?? {});
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200);
  expect(dimensions.plan?.pro?.arms.treatment?.bought).toMatchObject({ controlMean: 1, treatmentMean: 1, isExploratory: true });
  expect(dimensions.plan?.free?.arms.treatment?.bought).toMatchObject({ controlMean: 0 });
  const inCountry = Object.values(dimensions.country?.de?.sampleSizes ?? {});
  expect(inCountry.reduce((sum, size) => sum + size, 0)).toBe(5);
  expect(tests.getTest('t').dimensions).toEqual(['plan', 'country']);
});

it('a test with one look is judged by ranks at its planned end, where that is declared', async () => {
  const metrics = [
    { name: 'spent', aggregation: 'sum', test: 'mannWhitney' },
    { name: 'bought', aggregation: 'max', test: 'twoProportion' },
  ];
  const { clock, tests } = await running(metrics, { method: 'fixedHorizon' });
  for (const user of USERS) {
    const variant = tests.getVariant('t', { userId: user });
    tests.recordMetric('t', variant, 'spent', noise(user) + (variant === 'treatment' ? 0.3 : 0), { userId: user });
    if (user % 2 === 0) tests.recordMetric('t', variant, 'bought', 1, { userId: user });
  }
  expect(tests.recordMetric('t', 'control', 'spent', 1)).toBe(false);
  expect((await tests.getTestResults('t')).metrics.spent).toMatchObject({ test: 'mannWhitney', reason: 'before-planned-end' });
  await clock.advance(31 * DAY);
  const { metrics: judged } = await tests.getTestResults('t');
  expect(judged.spent).toMatchObject({ test: 'mannWhitney', verdict: 'better' });
  expect(judged.spent?.superiority).toBeGreaterThan(0.6);
  expect(judged.bought).toMatchObject({ test: 'twoProportion', verdict: 'noDifference', reason: null });
});

it.each([
  { apartMs: 0, isFlushed: false, counted: 600 },
  { apartMs: 0, isFlushed: true, counted: 600 },
  { apartMs: 1, isFlushed: false, counted: 0 },
  { apartMs: 1, isFlushed: true, counted: 0 },
])('a value told $apartMs ms before the exposure, flushed: $isFlushed, counts of $counted users', async (told) => {
  const { clock, tests, record } = await running([{ name: 'm' }]);
  for (const user of USERS) record(user, 'm', noise(user));
  if (told.isFlushed) await tests.getTestResults('t');
  if (told.apartMs > 0) await clock.advance(told.apartMs);
  for (const user of USERS) tests.getVariant('t', { userId: user });
  const { metrics } = await tests.getTestResults('t');
  expect((metrics.m?.controlUnits ?? 0) + (metrics.m?.treatmentUnits ?? 0)).toBe(told.counted);
});
