import { describe, expect, it } from 'vitest';
import { mannWhitneyTest } from '../statistics/mann-whitney.ts';
import { twoProportionTest } from '../statistics/two-proportion.ts';
import { rankedMetrics } from './analysis-plan.ts';
import type { Experiment, TrackedMetric } from './experiment.ts';
import { experimentOf, metric } from './judged-test.testing.ts';
import { applyUnitDelta, emptyTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { testResult } from './result.ts';
import { unitValuesOf } from './unit-values.ts';

const noise = (index: number): number => ((index * 2654435761) % 4294967296) / 4294967296;
const ENDED = { method: 'fixedHorizon', phase: 'stopped', stoppedAt: 1000, dimensions: ['plan'] } as const;
const testOf = (more: Partial<TrackedMetric>, at: Partial<Experiment> = ENDED): Experiment =>
  experimentOf([metric('m', more)], at);

/** Values of users, control and treatment by turns; undefined is exposed without one. */
function measured(valueFor: (unit: number) => number | undefined, aggregation: TrackedMetric['aggregation'], units = 600) {
  const rows = new Map<string, LedgerRow>();
  let totals = emptyTotals();
  for (let unit = 0; unit < units; unit++) {
    const value = valueFor(unit);
    const m = { aggregation, count: 1, sum: value ?? 0, min: value ?? 0, max: value ?? 0, from: 20 };
    const applied = applyUnitDelta(totals, undefined, {
      subject: 't',
      unit: String(unit),
      arm: unit % 2 === 0 ? 'control' : 'treatment',
      firstExposureAt: 10,
      dimensions: { plan: 'pro' },
      metrics: value === undefined ? {} : { m },
    });
    totals = applied.totals;
    rows.set(String(unit), applied.row);
  }
  return { totals, values: unitValuesOf(totals, rows.values(), 'm'), rows };
}
const resultOf = (test: Experiment, { totals, values }: Pick<ReturnType<typeof measured>, 'totals' | 'values'>) =>
  testResult(test, totals, 0, null, [], { m: values });

describe('the two-proportion test', () => {
  const bought = (unit: number): number | undefined => (noise(unit) < (unit % 2 === 0 ? 0.2 : 0.4) ? 1 : undefined);

  it('judges rates at the planned end, and says that it did', () => {
    const data = measured(bought, 'max');
    const { m } = resultOf(testOf({ aggregation: 'max', test: 'twoProportion' }), data).metrics;
    const successes = (arm: number): number =>
      Array.from({ length: 600 }, (_, unit) => unit).filter((unit) => unit % 2 === arm && bought(unit) === 1).length;
    const direct = twoProportionTest({ n: 300, successes: successes(0) }, { n: 300, successes: successes(1) });
    expect(m).toMatchObject({ test: 'twoProportion', verdict: 'better', superiority: null });
    expect(direct).toMatchObject({ pooled: { pTwoSided: m?.pValue } });
    expect('interval' in direct && direct.interval[0]).toBeCloseTo(m?.interval?.[0] ?? 0, 12);
  });

  it('refuses values that are no proportion, with the reason', () => {
    for (const value of [2, 0.5, -1]) {
      const result = resultOf(
        testOf({ aggregation: 'sum', test: 'twoProportion' }),
        measured((unit) => (unit % 3 ? 1 : value), 'sum'),
      );
      expect(result.metrics.m).toMatchObject({ verdict: 'undefined', reason: 'not-binary', pValue: null });
      expect(result.warnings.join()).toContain('m: has values other than 0 and 1');
    }
  });

  it('has no chance to judge where everybody did the same', () => {
    const same = resultOf(
      testOf({ aggregation: 'max', test: 'twoProportion' }),
      measured(() => 1, 'max'),
    );
    expect(same.metrics.m).toMatchObject({ verdict: 'undefined', reason: 'zero-variance' });
  });
});

describe('Mann and Whitney’s test', () => {
  const ranked = testOf({ test: 'mannWhitney' });
  // One user outweighs all others in the mean, and the other way round.
  const value = (unit: number): number => (unit === 0 ? 1e7 : noise(unit) + (unit % 2 === 0 ? 0 : 0.3));

  it('ranks the values of users, so that no extreme one decides, and says how often the treatment is the larger', () => {
    const data = measured(value, 'mean');
    const { m } = resultOf(ranked, data).metrics;
    const direct = mannWhitneyTest(data.values?.control ?? [], data.values?.treatment ?? []);
    expect(m).toMatchObject({ test: 'mannWhitney', verdict: 'better', interval: null });
    expect(direct).toMatchObject({ probabilityOfSuperiority: m?.superiority, pTwoSidedWithContinuity: m?.pValue });
    expect(m?.difference).toBeLessThan(0);
    expect(resultOf(testOf({}), data).metrics.m).toMatchObject({ test: 'welch', verdict: 'noDifference', superiority: null });
  });

  it('concludes what the ranks say, where the means say the opposite', () => {
    const { conclusion } = resultOf(ranked, measured(value, 'mean'));
    expect(conclusion[1]).toMatch(
      /^m is better in treatment: the value of treatment is the larger one in \d.* of 100 pairs of units\.$/,
    );
  });

  it('gives the change of the means no interval, which would answer for another comparison', () => {
    const { m } = resultOf(
      ranked,
      measured((unit) => 5 + noise(unit), 'mean'),
    ).metrics;
    expect(m).toMatchObject({ lift: expect.any(Number), liftInterval: null, liftReason: 'compared-by-ranks' });
  });

  it('counts users without a value as 0, but for a mean', () => {
    const some = (unit: number): number | undefined => (unit % 4 < 2 ? undefined : 5);
    const of = (aggregation: TrackedMetric['aggregation']) => measured(some, aggregation).values?.control;
    expect(of('sum')?.toSorted()).toEqual([...Array(150).fill(0), ...Array(150).fill(5)]);
    expect(of('mean')).toEqual(Array(150).fill(5));
  });

  it('says the direction by ranks, also when it is down', () => {
    const falls = (unit: number): number => (unit === 1 ? 1e7 : noise(unit) - (unit % 2 === 0 ? 0 : 0.3));
    const { m } = resultOf(ranked, measured(falls, 'mean')).metrics;
    expect(m?.difference).toBeGreaterThan(0);
    expect(m).toMatchObject({ verdict: 'worse', goal: 'increase' });
  });

  it('leaves out who was never exposed and who was seen in two arms', () => {
    const { totals, rows } = measured(() => 3, 'sum', 4);
    const [row] = rows.values();
    if (row === undefined) throw new Error('there are four');
    const all = [...rows.values(), { ...row, firstExposureAt: null, counted: {} }, { ...row, isContaminated: true, counted: {} }];
    expect(unitValuesOf(totals, all, 'm')).toEqual({ control: [3, 3], treatment: [3, 3] });
  });

  it('refuses more units than are read, in words', () => {
    const { totals, rows } = measured(value, 'mean');
    expect(unitValuesOf(totals, rows.values(), 'm', 599)).toBeNull();
    expect(unitValuesOf(totals, rows.values(), 'm', 600)).not.toBeNull();
    const result = resultOf(ranked, { totals, values: null });
    expect(result.metrics.m).toMatchObject({ verdict: 'undefined', reason: 'too-many-units' });
    expect(result.warnings.join()).toContain(
      "m: Mann and Whitney's test ranks the values of up to 100000 units, and there are more",
    );
  });

  it('needs values at the planned end alone, and gives way to Welch’s by dimension', () => {
    expect(rankedMetrics(ranked)).toEqual(['m']);
    expect(rankedMetrics({ ...ranked, stoppedAt: 999 })).toEqual([]);
    expect(rankedMetrics(testOf({ test: 'mannWhitney' }, {}))).toEqual([]);
    expect(rankedMetrics(testOf({ test: 'welch' }))).toEqual([]);
    const { dimensions } = resultOf(ranked, measured(value, 'mean'));
    expect(dimensions.plan?.pro?.arms.treatment?.m).toMatchObject({ test: 'welch', reason: 'control-mean-near-zero' });
  });
});

it('a test that may be read all along is judged by the sequence, whatever its metrics name', () => {
  const { totals } = measured(noise, 'mean');
  expect(testResult(testOf({ test: 'mannWhitney' }, {}), totals, 0).metrics.m?.test).toBe('confidenceSequence');
});
