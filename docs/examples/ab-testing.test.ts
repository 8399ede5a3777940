import { sequentialSampleSize } from '@sluice/core/statistics';
import { createSluice, manualClock, memoryStore, TestVariant } from 'sluice';
import { expect, it } from 'vitest';

it('creates, runs and reads a test', async () => {
  const { abTests } = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  const printed: string[] = [];
  const print = (text: string): void => void printed.push(text);
  const [biobert, pubmedbert] = [{ ms: 150 }, { ms: 120 }];
  // #region create
  const test = await abTests.createTest({
    testId: 'model_comparison',
    description: 'BioBERT vs PubMedBERT',
    controlComponent: 'biobert',
    treatmentComponent: 'pubmedbert',
    trafficSplit: 0.5,
    durationDays: 7,
    trackedMetrics: ['latency', 'accuracy'],
  });
  await abTests.startTest(test.testId);
  // #endregion
  for (let index = 0; index < 600; index++) {
    const userId = `user-${index}`;
    // #region assign
    const variant = abTests.getVariant(test.testId, { userId }); // the same at every call
    const model = variant === TestVariant.CONTROL ? biobert : pubmedbert;
    // #endregion
    const [durationMs, accuracy] = [model.ms + (index % 17), 0.9 + (index % 7) / 100];
    // #region record
    abTests.recordMetric(test.testId, variant, 'latency', durationMs, { userId });
    abTests.recordMetric(test.testId, variant, 'accuracy', accuracy, { userId });
    // #endregion
  }
  // #region results
  const results = await abTests.getTestResults(test.testId);

  print(`Control mean latency: ${results.controlMean.latency?.toFixed(2)} ms`);
  print(`Treatment mean latency: ${results.treatmentMean.latency?.toFixed(2)} ms`);
  print(`Improvement: ${((results.improvement.latency ?? 0) * 100).toFixed(1)} %`);
  print(`Significant: ${results.significant}, winner: ${results.winner}`);
  for (const warning of results.warnings) print(warning);

  await abTests.stopTest(test.testId);
  // #endregion
  expect(printed[0]).toMatch(/^Control mean latency: 15\d\.\d\d ms$/);
  expect(printed[3]).toBe('Significant: true, winner: treatment');
  expect(abTests.getTest(test.testId).phase).toBe('stopped');
});

it('tests several arms on a part of the traffic, and ships one of them', async () => {
  const clock = manualClock(1_700_000_000_000);
  const { abTests } = createSluice({ store: memoryStore(), clock });
  const validate = (): boolean => true;
  // #region arms
  await abTests.createTest({
    testId: 'ranking',
    arms: [
      { variant: 'control', component: 'bm25', weight: 0.5 },
      { variant: 'hybrid', component: 'bm25+vectors', weight: 0.25 },
      { variant: 'vectors', component: 'vectors', weight: 0.25 },
    ],
    trafficShare: 0.2, // the others get control and are not counted
    eligibility: { plan: ['pro', 'team'] },
    trackedMetrics: [{ name: 'clicks', goal: 'increase', aggregation: 'count' }],
  });
  await abTests.startTest('ranking');
  // #endregion
  await abTests.stopTest('ranking');
  // #region ship
  await abTests.shipWinner('ranking', { variant: 'hybrid', strategy: 'canary', validate, reason: 'clicks rise by 8 %' });
  // #endregion
  expect(abTests.getTest('ranking')).toMatchObject({ phase: 'stopped', shippedVariant: 'hybrid' });
});

it('keeps tests of one layer apart', async () => {
  const { abTests } = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  // #region layer
  for (const [testId, trafficShare] of [
    ['checkout_button', 0.5],
    ['checkout_price', 0.3],
  ] as const) {
    await abTests.createTest({ testId, controlComponent: 'old', treatmentComponent: testId, layer: 'checkout', trafficShare });
    await abTests.startTest(testId);
  }
  // #endregion
  expect(abTests.listTests().map(({ phase }) => phase)).toEqual(['running', 'running']);
});

it('changes a test, and puts it away', async () => {
  const { abTests } = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  await abTests.createTest({ testId: 'ranking', controlComponent: 'old', treatmentComponent: 'new', trafficShare: 0.2 });
  await abTests.startTest('ranking');
  // #region change
  await abTests.updateTest('ranking', { durationDays: 14, tags: ['q3'] });
  await abTests.rebaseTest('ranking', { trafficShare: 0.4 }, { actor: 'ann', reason: 'too little traffic' });
  // #endregion
  expect(abTests.getTest('ranking')).toMatchObject({ number: 2, trafficShare: 0.4, durationDays: 14 });
  // #region archive
  const running = abTests.listTests({ phase: 'running', tag: 'q3' });
  await abTests.stopTest('ranking');
  await abTests.archiveTest('ranking', { reason: 'reported' });
  // #endregion
  expect(running).toHaveLength(1);
  expect(abTests.listTests()).toEqual([]);
});

it('adjusts by what was before, divides, and looks at so many days', async () => {
  const { abTests, flags } = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  const [userId, spentLastMonth] = ['ann', 30];
  // #region covariate
  await abTests.createTest({
    testId: 'basket',
    controlComponent: 'v1',
    treatmentComponent: 'v2',
    trackedMetrics: [
      { name: 'spent', aggregation: 'sum', covariate: true, windowDays: 7 }, // what was spent before is taken out
      { name: 'clicks', per: 'views' }, // all clicks of an arm over all its views
      { name: 'views', aggregation: 'sum', role: 'secondary' },
    ],
  });
  await abTests.startTest('basket');
  const arm = flags.explain('basket', { userId })?.variant ?? 'control'; // no exposure
  abTests.recordMetric('basket', arm, 'spent', spentLastMonth, { userId }); // before getVariant: the covariate
  // #endregion
  expect(abTests.getVariant('basket', { userId })).toBe(arm);
  expect((await abTests.getTestResults('basket')).arms[arm]?.means).toMatchObject({ spent: 0 });
});

it('breaks results down', async () => {
  const { abTests } = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  const [userId, printed] = ['ann', [] as string[]];
  const print = (text: string): number => printed.push(text);
  // #region dimensions
  await abTests.createTest({
    testId: 'search',
    controlComponent: 'v1',
    treatmentComponent: 'v2',
    trackedMetrics: ['conversion'],
    dimensions: ['plan', 'country'], // attributes of units, up to 5
  });
  await abTests.startTest('search');
  abTests.getVariant('search', { userId, attributes: { plan: 'pro', country: 'de' } });
  const { dimensions } = await abTests.getTestResults('search');
  print(`${dimensions.plan?.pro?.sampleSizes.control} controls are pro`);
  // #endregion
  expect(printed[0]).toMatch(/^[01] controls are pro$/);
});

it('plans a test, with a guardrail and with one look', async () => {
  const { abTests } = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  // #region plan
  const size = sequentialSampleSize(0.05, 0.8, { alpha: 0.05, optimalN: 5000 }); // 5 % of a standard deviation, found 8 times of 10
  await abTests.createTest({
    testId: 'checkout_speed',
    controlComponent: 'v1',
    treatmentComponent: 'v2',
    trackedMetrics: ['conversion', { name: 'latency', role: 'guardrail', margin: 0.02 }], // may be 2 % slower
    ...('total' in size ? { plannedUnits: size.total } : {}), // the interval is tightest there
  });
  await abTests.createTest({
    testId: 'one_look',
    controlComponent: 'v1',
    treatmentComponent: 'v2',
    method: 'fixedHorizon', // Welch's test, once, at the planned end; nothing is judged before
    durationDays: 14,
  });
  // #endregion
  // #region fixed-tests
  await abTests.createTest({
    testId: 'one_look_at_each',
    controlComponent: 'v1',
    treatmentComponent: 'v2',
    method: 'fixedHorizon',
    trackedMetrics: [
      { name: 'conversion', aggregation: 'max', test: 'twoProportion' }, // values 0 or 1
      { name: 'spent', aggregation: 'sum', test: 'mannWhitney' }, // by ranks; up to 100 000 users
      'latency', // Welch's test
    ],
  });
  // #endregion
  expect(abTests.getTest('checkout_speed').plannedUnits).toBeGreaterThan(20_000);
  expect(abTests.getTest('one_look').method).toBe('fixedHorizon');
});
