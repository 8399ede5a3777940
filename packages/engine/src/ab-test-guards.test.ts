import { DEFAULT_SCOPE, SluiceError } from '@sluice/core';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const settings = { testId: 't', controlComponent: 'a', treatmentComponent: 'b' };

async function running(more: object = {}, store = memoryStore()) {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store, clock });
  await sluice.abTests.createTest({ ...settings, ...more });
  await sluice.abTests.startTest('t');
  return { clock, store, sluice, tests: sluice.abTests };
}
const serve = (tests: Awaited<ReturnType<typeof running>>['tests'], count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, unit) => tests.getVariant('t', { userId: `u${from + unit}` }));

it('gives control before the start and after the stop, whatever share its flag was given by hand', async () => {
  const { sluice, tests } = await running();
  await tests.createTest({ ...settings, testId: 'draft' });
  await sluice.flags.setRolloutPercentage('draft', 100);
  expect(sluice.flags.getVariant('draft', { userId: 'u' })).toBe('treatment');
  expect(tests.getVariant('draft', { userId: 'u' })).toBe('control');
  await tests.stopTest('t');
  await sluice.flags.setRolloutPercentage('t', 100);
  expect(new Set(serve(tests, 50))).toEqual(new Set(['control']));
  expect((await tests.getTestResults('draft')).sampleSizes).toEqual({ control: 0, treatment: 0 });
});

it('tells of a unit again when there was no room for it', async () => {
  const { clock, store, tests } = await running();
  const addFacts = store.addFacts.bind(store);
  store.addFacts = async () => {
    throw new SluiceError('unavailable', 'disk full');
  };
  serve(tests, 200_000);
  await clock.advance(1_500);
  serve(tests, 201_000, 200_000);
  store.addFacts = addFacts;
  await clock.advance(3_000);
  serve(tests, 401_000);
  const { control, treatment } = (await tests.getTestResults('t')).sampleSizes;
  expect(control + treatment).toBe(401_000);
});

it('counts nobody and nothing while its flag divides units in another way, and goes on when that is over', async () => {
  const { sluice, tests } = await running({ trackedMetrics: ['m'] });
  const before = serve(tests, 300);
  await sluice.flags.setRolloutPercentage('t', 80, { force: true });
  const forced = serve(tests, 600);
  expect(forced.slice(0, 300)).not.toEqual(before);
  expect(tests.recordMetric('t', 'treatment', 'm', 1, { userId: 'u1' })).toBe(false);
  const drifted = await tests.getTestResults('t');
  expect(drifted.sampleSizes.control + drifted.sampleSizes.treatment).toBe(300);
  expect(drifted.warnings.join()).toMatch(
    /changed from outside while the test ran: it has 80 % .*the test set 100 % .*50 % treatment/,
  );
  await sluice.flags.setRolloutPercentage('t', 100, { force: true });
  expect(serve(tests, 600).slice(0, 300)).toEqual(before);
  const after = await tests.getTestResults('t');
  expect(after.sampleSizes.control + after.sampleSizes.treatment).toBe(600);
  expect(after.warnings.join()).not.toContain('two arms');
});

it('says in its warnings how many values were refused, and why the last was', async () => {
  const { tests } = await running();
  serve(tests, 10);
  expect((await tests.getTestResults('t')).warnings.join()).not.toContain('could not take');
  tests.recordMetric('t', 'treatment', 'm', Number.NaN, { userId: 'u1' });
  tests.recordMetric('t', 'treatment', 'm', 1, { userId: 'u1' });
  tests.recordMetric('t', 'treatment', 'm', 1);
  const { warnings } = await tests.getTestResults('t');
  expect(warnings.join()).toMatch(/this process was given and could not take: 2; the last: .*one metric takes one kind/);
});

it('takes one kind of each metric: the other is refused at once, and by the ledger where another process recorded it', async () => {
  const { clock, store, tests } = await running({ trackedMetrics: ['m'] });
  expect(tests.recordMetric('t', 'control', 'm', 1, { userId: 'u' })).toBe(true);
  expect(tests.recordMetric('t', 'control', 'm', 1)).toBe(false);
  await tests.getTestResults('t');
  const other = createSluice({ store, clock }).abTests;
  expect(other.recordMetric('t', 'control', 'm', 1)).toBe(true);
  expect((await other.getTestResults('t')).warnings.join()).toContain('1 values were refused');
  expect(other.recordMetric('t', 'control', 'm', 1)).toBe(false);
  expect(other.recordMetric('t', 'control', 'm', 1, { userId: 'v' })).toBe(true);
});

it('refuses a user in the place of the options, who would count as nobody', async () => {
  const { tests } = await running({ trackedMetrics: ['m'] });
  for (const [options, described] of [
    [42, '42'],
    ['ann', '"ann"'],
  ] as const)
    expect(tests.takeMetric('t', 'control', 'm', 1, options as unknown as object)).toBe(
      `recordMetric("t", "m"): the options must be an object such as { userId: "ann" }; they are ${described}`,
    );
  expect(tests.recordMetric('t', 'control', 'm', 1, { userId: 'ann' })).toBe(true);
});

it('takes any name for a metric, __proto__ too', async () => {
  const { tests } = await running({ trackedMetrics: [{ name: '__proto__', aggregation: 'sum' }] });
  for (let unit = 0; unit < 10; unit++) {
    const variant = tests.getVariant('t', { userId: unit });
    expect(tests.recordMetric('t', variant, '__proto__', 2, { userId: unit })).toBe(true);
  }
  const { metrics, controlMean } = await tests.getTestResults('t');
  expect([Object.keys(metrics), Object.entries(controlMean)]).toEqual([['__proto__'], [['__proto__', 2]]]);
});

it('rebuilds what a unit with an absurd value took with it', async () => {
  const { tests } = await running({ trackedMetrics: ['m'] });
  for (let unit = 0; unit < 400; unit++) {
    const variant = tests.getVariant('t', { userId: unit });
    tests.recordMetric('t', variant, 'm', 100 + (unit % 11), { userId: unit });
  }
  const before = await tests.getTestResults('t');
  const arm = tests.getVariant('t', { userId: 'x' });
  tests.recordMetric('t', arm, 'm', 1e10, { userId: 'x' });
  const between = await tests.getTestResults('t');
  expect(between.metrics.m?.pValueNow).not.toBeCloseTo(before.metrics.m?.pValueNow ?? 0, 6);
  tests.recordMetric('t', arm === 'control' ? 'treatment' : 'control', 'm', 1, { userId: 'x' });
  const after = await tests.getTestResults('t');
  expect(after.metrics.m?.pValueNow).toBeCloseTo(before.metrics.m?.pValueNow ?? 0, 10);
  expect(after.warnings.join()).toContain('1 units were seen in two arms');
  expect([before.excludedUnits, after.excludedUnits]).toEqual([
    { inTwoArms: 0, unexposed: 0 },
    { inTwoArms: 1, unexposed: 0 },
  ]);
});

it.each([{ trafficShare: 0.5 }, { eligibility: { groups: ['pro'] } }])(
  'takes no value without a user where not everybody is in the test, since who is not is served the control, too: %j',
  async (part) => {
    const { tests } = await running({ trackedMetrics: ['m'], ...part } as never);
    for (let unit = 0; unit < 600; unit++) {
      const isIn = 'eligibility' in part ? unit % 2 === 0 : true;
      const variant = tests.getVariant('t', { userId: unit, groups: isIn ? ['pro'] : [] });
      expect(tests.recordMetric('t', variant, 'm', isIn ? 100 + (unit % 7) : 150)).toBe(false);
    }
    const { metrics, significant, warnings } = await tests.getTestResults('t');
    expect([metrics.m?.controlUnits ?? 0, significant]).toEqual([0, false]);
    expect(warnings.join()).toContain('it needs a userId: the test takes a part of the traffic');
  },
);

it('has room for a hundred metrics and those that are declared, and warns of one that is not', async () => {
  const { tests } = await running({ trackedMetrics: ['m'] });
  const record = (name: string): boolean => tests.recordMetric('t', tests.getVariant('t', { userId: 1 }), name, 1, { userId: 1 });
  expect(Array.from({ length: 120 }, (_, id) => record(`order-${id}`)).filter(Boolean)).toHaveLength(100);
  expect([record('m'), record('order-0'), record('order-119')]).toEqual([true, true, false]);
  const { warnings } = await tests.getTestResults('t');
  expect(warnings.join()).toContain('the test has 100 metrics already');
  expect(warnings.join()).toContain('order-0, order-1, order-10, order-11, order-12 and 95 more: recorded, but not declared');
});

it('refuses a value that would leave nothing to be said of its metric, and goes on', async () => {
  const { tests } = await running({ trackedMetrics: ['m'] });
  for (let unit = 0; unit < 400; unit++) {
    const variant = tests.getVariant('t', { userId: unit });
    for (const value of [1e308, 100 + (unit % 11), -1e51]) tests.recordMetric('t', variant, 'm', value, { userId: unit });
  }
  const { metrics, warnings } = await tests.getTestResults('t');
  expect([metrics.m?.reason, metrics.m?.controlMean]).toEqual([null, expect.closeTo(105, 0)]);
  expect(warnings.join()).toContain('the value must be a finite number between -1e50 and 1e50; it is -1e+51');
});

it("counts a unit's value at the most as its metric's cap, by the user and without", async () => {
  const trackedMetrics = [
    { name: 'spent', aggregation: 'sum', cap: 100 },
    { name: 'seconds', cap: 5 },
  ];
  const { tests } = await running({ trackedMetrics });
  for (let unit = 0; unit < 20; unit++) {
    const variant = tests.getVariant('t', { userId: unit });
    for (const spent of [30, unit === 0 ? 1e9 : 20, 10]) tests.recordMetric('t', variant, 'spent', spent, { userId: unit });
    tests.recordMetric('t', variant, 'seconds', unit % 2 === 0 ? 1 : 400);
  }
  const { metrics, arms } = await tests.getTestResults('t');
  const sum = (name: 'spent' | 'seconds'): number => {
    const { controlMean, controlUnits, treatmentMean, treatmentUnits } = metrics[name] ?? {};
    return (controlMean ?? 0) * (controlUnits ?? 0) + (treatmentMean ?? 0) * (treatmentUnits ?? 0);
  };
  expect(sum('spent')).toBeCloseTo(19 * 60 + 100, 6);
  expect(sum('seconds')).toBeCloseTo(10 * 1 + 10 * 5, 6);
  expect(Object.keys(arms)).toEqual(['control', 'treatment']);
});

it('keeps what a look has shown before it shows it', async () => {
  const { store, tests } = await running({ trackedMetrics: ['m'] });
  for (let unit = 0; unit < 600; unit++) {
    const variant = tests.getVariant('t', { userId: unit });
    tests.recordMetric('t', variant, 'm', (unit % 10) + (variant === 'treatment' ? 3 : 0), { userId: unit });
  }
  const results = await tests.getTestResults('t');
  const { looks } = await store.readTotals(DEFAULT_SCOPE, 't');
  expect(looks.comparisons.treatment?.m).toMatchObject({ p: results.pValue.m, significantAt: results.metrics.m?.significantAt });
});
