import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyMoments, type Moments, mergeMoments } from '../analysis/moments.ts';
import { MAX_DIMENSION_VALUES, OTHER_VALUES } from './dimension-totals.ts';
import { dimensionsOf } from './dimensions.ts';
import { experimentOf, metric } from './judged-test.testing.ts';
import { applyObservationDelta, applyUnitDelta, armTotals, emptyTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { rulesOf } from './metric.ts';
import { rebuildDimensions } from './rebuild.ts';
import { testResult } from './result.ts';

const TEST = experimentOf([metric('spent', { aggregation: 'sum', covariate: true })], { dimensions: ['plan'] });

interface Report {
  readonly unit: number;
  readonly arm: string;
  readonly exposedAt: number | null;
  readonly plan: string;
  readonly value: number;
  readonly from: number;
}
function ledger(reports: readonly Report[]) {
  const rows = new Map<string, LedgerRow>();
  const totals = reports.reduce((sum, { unit, arm, exposedAt, plan, value, from }) => {
    const spent = { ...rulesOf(TEST, 'spent'), count: 1, sum: value, min: value, max: value, from, until: from };
    const applied = applyUnitDelta(sum, rows.get(String(unit)), {
      subject: 't',
      unit: String(unit),
      arm,
      firstExposureAt: exposedAt,
      ...(exposedAt === null ? {} : { dimensions: { plan } }),
      metrics: { spent },
    });
    rows.set(String(unit), applied.row);
    return applied.totals;
  }, emptyTotals());
  return { totals, rows };
}

describe('totals by dimension', () => {
  const anyReport = fc.record({
    unit: fc.nat(5),
    arm: fc.constantFrom('control', 'control', 'control', 'treatment'),
    exposedAt: fc.constantFrom(null, 10, 20),
    plan: fc.constantFrom('free', 'pro', '__proto__'),
    value: fc.integer({ min: -50, max: 50 }),
    from: fc.constantFrom(5, 15, 25),
  });
  const near = (a: Moments | undefined, b: Moments | undefined): void => {
    const [x, y] = [a ?? emptyMoments(0), b ?? emptyMoments(0)];
    expect(x.n).toBe(y.n);
    if (x.n === 0) return;
    expect(x.mean + x.shift).toBeCloseTo(y.mean + y.shift, 8);
    expect(x.m2).toBeCloseTo(y.m2, 5);
  };

  it('of all values together are the totals, whatever came in whatever order, and after a rebuild', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 20 }), (reports) => {
        const { totals, rows } = ledger(reports);
        for (const sums of [totals, rebuildDimensions(totals, rows.values())])
          for (const arm of ['control', 'treatment']) {
            const parts = Object.values(sums.dimensions?.plan ?? {}).map((arms) => arms[arm] ?? { exposed: 0, metrics: {} });
            const whole = armTotals(totals, arm);
            expect(parts.reduce((sum, { exposed }) => sum + exposed, 0)).toBe(whole.exposed);
            near(
              parts.map(({ metrics }) => metrics.spent ?? emptyMoments(0)).reduce(mergeMoments, emptyMoments(0)),
              whole.metrics.spent,
            );
            near(
              parts.map(({ pairs }) => pairs?.spent?.x ?? emptyMoments(0)).reduce(mergeMoments, emptyMoments(0)),
              whole.pairs?.spent?.x,
            );
          }
      }),
      { numRuns: 300 },
    );
  });

  it('has a unit under what it was at its earliest exposure, whichever is heard of first', () => {
    const late: Report = { unit: 1, arm: 'control', exposedAt: 20, plan: 'pro', value: 1, from: 30 };
    const early: Report = { ...late, exposedAt: 10, plan: 'free' };
    for (const reports of [
      [late, early],
      [early, late],
    ]) {
      const plan = ledger(reports).totals.dimensions?.plan;
      expect([plan?.free?.control?.exposed, plan?.pro?.control?.exposed ?? 0]).toEqual([1, 0]);
    }
  });

  it('tells a bounded number of values apart, and takes a unit out from where it was put', () => {
    const reports = Array.from({ length: 50 }, (_, unit) => ({
      unit,
      arm: 'control',
      exposedAt: 10,
      plan: `p${unit}`,
      value: 1,
      from: 20,
    }));
    const plan = ledger(reports).totals.dimensions?.plan ?? {};
    expect(Object.keys(plan)).toHaveLength(MAX_DIMENSION_VALUES + 1);
    expect(plan[OTHER_VALUES]?.control?.exposed).toBe(50 - MAX_DIMENSION_VALUES);
    const gone = ledger([...reports, ...reports.map((one) => ({ ...one, arm: 'treatment' }))]).totals.dimensions?.plan ?? {};
    expect(Object.values(gone).map((arms) => arms.control?.exposed)).toEqual(Array(MAX_DIMENSION_VALUES + 1).fill(0));
  });
});

it('reads texts, numbers and truth values of own attributes, and nothing else', () => {
  expect(
    dimensionsOf(['plan', 'age', 'beta', 'list', 'none', 'toString'], { plan: 'pro', age: 3, beta: true, list: [1] }),
  ).toEqual({
    plan: 'pro',
    age: '3',
    beta: 'true',
  });
  expect(dimensionsOf(['plan'], { plan: 'x'.repeat(500) })?.plan).toHaveLength(100);
  expect([dimensionsOf(['plan'], undefined), dimensionsOf(['plan'], { other: 1 })]).toEqual([null, null]);
});

describe('results by dimension', () => {
  const noise = (index: number): number => ((index * 2654435761) % 4294967296) / 4294967296;
  const reportsOf = (effect: (plan: string) => number, plans: readonly string[], units: number): Report[] =>
    Array.from({ length: units }, (_, unit) => {
      const [arm, plan] = [unit % 2 === 0 ? 'control' : 'treatment', plans[Math.floor(unit / 2) % plans.length] ?? ''];
      const value = 10 + noise(unit) + (arm === 'treatment' ? effect(plan) : 0);
      return { unit, arm, exposedAt: 10, plan, value, from: 20 };
    });

  it('show where the effect is, as hints that neither decide nor are kept', () => {
    const { totals } = ledger(reportsOf((plan) => (plan === 'pro' ? 0.3 : 0), ['free', 'pro'], 1200));
    const { dimensions } = testResult(TEST, totals, 77);
    expect(dimensions.plan?.pro?.sampleSizes).toEqual({ control: 300, treatment: 300 });
    expect(dimensions.plan?.pro?.arms.treatment?.spent).toMatchObject({
      verdict: 'better',
      role: 'primary',
      isExploratory: true,
      significantAt: null,
    });
    const looks = { comparisons: { treatment: { spent: { p: 1e-9, rises: true, significantAt: 5 } } }, sampleRatioP: 1 };
    const looked = testResult(TEST, { ...totals, looks }, 77).dimensions.plan?.free?.arms.treatment?.spent;
    expect(looked).toEqual(dimensions.plan?.free?.arms.treatment?.spent);
    expect(dimensions.plan?.free?.arms.treatment?.spent).toMatchObject({ verdict: 'noDifference', isExploratory: true });
    expect(testResult(experimentOf(TEST.trackedMetrics), totals, 77).dimensions).toEqual({});
  });

  it('have none of metrics that were recorded without a user, which are of no value', () => {
    const { totals } = ledger(reportsOf(() => 0, ['pro'], 400));
    const moments = { n: 5, mean: 0, m2: 1, shift: 3 };
    const sums = applyObservationDelta(totals, { subject: 't', arm: 'control', metrics: { loose: moments } });
    const result = testResult(TEST, sums, 0);
    expect(Object.keys(result.metrics).sort()).toEqual(['loose', 'spent']);
    expect(Object.keys(result.dimensions.plan?.pro?.arms.treatment ?? {})).toEqual(['spent']);
  });

  it('are corrected for how many values there are', () => {
    const plans = Array.from({ length: 10 }, (_, index) => `p${index}`);
    const { totals } = ledger(reportsOf((plan) => (plan === 'p3' ? 0.3 : 0), plans, 4000));
    const found = testResult(TEST, totals, 0).dimensions.plan?.p3?.arms.treatment?.spent;
    expect(found?.adjustedPValue).toBeCloseTo(10 * (found?.pValue ?? 0), 12);
  });

  it('have no judgement while the sample ratio is wrong, or before a fixed horizon', () => {
    const all = reportsOf(() => 0.5, ['pro'], 1200);
    const unlike = all.filter(({ arm, unit }) => arm === 'control' || unit % 4 === 1);
    const spentOf = (test: typeof TEST, reports: readonly Report[]) =>
      testResult(test, ledger(reports).totals, 0).dimensions.plan?.pro?.arms.treatment?.spent;
    expect(spentOf(TEST, all)).toMatchObject({ verdict: 'better' });
    expect(spentOf(TEST, unlike)).toMatchObject({ verdict: 'undefined', reason: 'sample-ratio-mismatch' });
    expect(spentOf({ ...TEST, method: 'fixedHorizon' }, all)).toMatchObject({ pValue: null, reason: 'before-planned-end' });
  });
});
