/** Whatever units tell of themselves, true or not, comes to what a process would have found that served them itself. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { createSluice, type Sluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import { LARGEST_TOLD, takeUnitReport } from './unit-report.ts';

const START = 1_700_000_000_000;
/** Two processes that share nothing but the clock, with the same test. */
const twins = async (): Promise<{ clock: ReturnType<typeof manualClock>; told: Sluice; serving: Sluice }> => {
  const clock = manualClock(START);
  const [told, serving] = [createSluice({ store: memoryStore(), clock }), createSluice({ store: memoryStore(), clock })];
  for (const { abTests } of [told, serving]) {
    await abTests.createTest({
      ...{ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficShare: 0.7, dimensions: ['plan'] },
      trackedMetrics: [{ name: 'm', aggregation: 'sum' }],
      eligibility: { country: 'de' },
    });
    await abTests.startTest('t');
  }
  return { clock, told, serving };
};

const report = fc.record({
  user: fc.nat(12),
  country: fc.constantFrom('de', 'de', 'fr'),
  plan: fc.constantFrom('free', 'pro'),
  claims: fc.array(
    fc.record({ flag: fc.constantFrom('t', 't', 'none'), variant: fc.constantFrom('control', 'treatment', 'forged') }),
    { maxLength: 3 },
  ),
  values: fc.array(fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(LARGEST_TOLD, -2 * LARGEST_TOLD, 1e49)), {
    maxLength: 3,
  }),
  times: fc.integer({ min: 1, max: 3 }),
  // Of one instant nobody is told what came first, a value or the exposure.
  afterMs: fc.integer({ min: 1, max: 3 }),
});
type Told = typeof report extends fc.Arbitrary<infer Value> ? Value : never;

/** What a process does that serves the unit: true claims are its evaluations, and values go to the arm that it has drawn. */
function serve({ abTests, flags }: Sluice, { user, country, plan, claims, values }: Told): void {
  const [userId, attributes] = [`user-${user}`, { country, plan }];
  const drawn = flags.explain('t', { userId, attributes });
  for (const { flag, variant } of claims)
    if (flag === 't' && variant === drawn?.variant) abTests.getVariant('t', { userId, attributes });
  if (drawn?.reason !== 'SPLIT') return;
  for (const value of values)
    if (Math.abs(value) <= LARGEST_TOLD) abTests.recordMetric('t', drawn.variant ?? '', 'm', value, { userId });
}

/** Values are whole, and so is their sum; the last digit of a mean depends on the order in which units came. */
const sumOf = (mean: number | null = null, units = 0): number | null => (mean === null ? null : Math.round(mean * units));

async function found({ abTests }: Sluice): Promise<unknown> {
  const { sampleSizes, metrics, excludedUnits, dimensions } = await abTests.getTestResults('t');
  const { controlMean, treatmentMean, controlUnits, treatmentUnits } = metrics.m ?? {};
  const [controlSum, treatmentSum] = [sumOf(controlMean, controlUnits), sumOf(treatmentMean, treatmentUnits)];
  const plans = Object.entries(dimensions.plan ?? {}).map(([plan, part]) => [plan, part.sampleSizes] as const);
  return {
    ...{ sampleSizes, controlSum, treatmentSum, controlUnits, treatmentUnits, excludedUnits },
    plans: Object.fromEntries(plans),
  };
}

it('no claim puts a unit in an arm that is not its own, a report counts once, and all else is what serving it would give', async () => {
  const law = fc.asyncProperty(fc.array(report, { minLength: 1, maxLength: 25 }), async (reports) => {
    const { clock, told, serving } = await twins();
    for (const [index, given] of reports.entries()) {
      await clock.advance(given.afterMs);
      const { user, country, plan, claims, values } = given;
      const unit = { userId: `user-${user}`, attributes: { country, plan } };
      const sent = { exposures: claims, values: values.map((value) => ({ metric: 'm', value })) };
      for (let turn = 0; turn < given.times; turn++) {
        const sender = { instanceId: `page-${index}`, seq: 1, isOneRequest: true };
        const { taken, refusedExposures, refusedValues } = await takeUnitReport(told.flags, { unit, ...sent, sender });
        expect(taken + refusedExposures.length + refusedValues.length).toBe(claims.length + values.length);
        const untrue = claims.flatMap(({ flag, variant }, place) => (flag === 'none' || variant === 'forged' ? [place] : []));
        expect(refusedExposures.map((refused) => refused.index)).toEqual(expect.arrayContaining(untrue));
      }
      serve(serving, given);
    }
    const results = await found(told);
    expect(results).toEqual(await found(serving));
    expect(results).toMatchObject({ excludedUnits: { inTwoArms: 0 } });
    for (const sluice of [told, serving]) await sluice.close();
  });
  await fc.assert(law, { numRuns: 40 });
});
