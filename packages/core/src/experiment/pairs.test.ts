import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAnswer } from '../statistics/answer.ts';
import { cuped } from '../statistics/cuped.ts';
import type { PairedSummary } from '../statistics/paired-summary.ts';
import { ratioSummary } from '../statistics/ratio-metric.ts';
import { experimentOf, metric } from './judged-test.testing.ts';
import { applyUnitDelta, armTotals, emptyTotals, type SubjectTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { rulesOf } from './metric.ts';
import { rebuildPairs } from './rebuild.ts';
import { testResult } from './result.ts';
import type { UnitDelta } from './unit-delta.ts';

const TEST = experimentOf([
  metric('spent', { aggregation: 'sum', covariate: true }),
  metric('speed', { covariate: true }),
  metric('clicks', { aggregation: 'sum', per: 'views' }),
  metric('views', { aggregation: 'sum', role: 'secondary' }),
]);

interface Report {
  readonly unit: number;
  readonly arm: string;
  readonly exposedAt: number | null;
  readonly name: string;
  readonly value: number;
  readonly from: number;
  readonly lasts: number;
}
const deltaOf = ({ unit, arm, exposedAt, name, value, from, lasts }: Report): UnitDelta => {
  const values = { ...rulesOf(TEST, name), count: 1, sum: value, min: value, max: value, from, until: from + lasts };
  return { subject: 't', unit: String(unit), arm, firstExposureAt: exposedAt, metrics: { [name]: values } };
};
function ledger(reports: readonly Report[]) {
  const rows = new Map<string, LedgerRow>();
  const totals = reports.reduce((sum, report) => {
    const applied = applyUnitDelta(sum, rows.get(String(report.unit)), deltaOf(report));
    rows.set(String(report.unit), applied.row);
    return applied.totals;
  }, emptyTotals());
  return { totals, rows };
}
const report = (unit: number, arm: string, name: string, value: number, more: Partial<Report> = {}): Report => ({
  unit,
  arm,
  name,
  value,
  exposedAt: 10,
  from: 20,
  lasts: 0,
  ...more,
});

/** What a walk over the reports gives: by unit of the arm its x and y, where x is known. */
function walked(reports: readonly Report[], arm: string, name: string): [x: number, y: number][] {
  const units = [...new Set(reports.map(({ unit }) => unit))];
  return units.flatMap((unit): [number, number][] => {
    const own = reports.filter((one) => one.unit === unit);
    const exposures = own.flatMap(({ exposedAt }) => exposedAt ?? []);
    if (own.some((one) => one.arm !== arm) || exposures.length === 0) return [];
    const at = Math.min(...exposures);
    const totalOf = (metricName: string, holds: (one: Report) => boolean): number | null => {
      const values = own.filter((one) => one.name === metricName && holds(one)).map(({ value }) => value);
      const sum = values.reduce((a, b) => a + b, 0);
      return values.length === 0 ? null : rulesOf(TEST, metricName).aggregation === 'mean' ? sum / values.length : sum;
    };
    const after = (metricName: string): number | null => totalOf(metricName, ({ from }) => from >= at);
    const x = name === 'clicks' ? after(name) : totalOf(name, ({ from, lasts }) => from + lasts < at);
    const y = name === 'clicks' ? (after('views') ?? 0) : (after(name) ?? (name === 'speed' ? null : 0));
    return x === null || y === null ? [] : [[x, y]];
  });
}

function summaryOf(pairs: readonly (readonly [x: number, y: number])[]): PairedSummary {
  const n = pairs.length;
  const mean = (read: (pair: readonly [number, number]) => number): number => pairs.reduce((sum, one) => sum + read(one), 0) / n;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const product = (read: (pair: readonly [number, number]) => number): number => (mean(read) * n) / (n - 1);
  return {
    n,
    meanX,
    meanY,
    varianceX: product(([x]) => (x - meanX) ** 2),
    varianceY: product(([, y]) => (y - meanY) ** 2),
    covariance: product(([x, y]) => (x - meanX) * (y - meanY)),
  };
}

describe('pairs in the ledger', () => {
  const anyReport = fc.record({
    unit: fc.nat(4),
    arm: fc.constantFrom('control', 'control', 'control', 'treatment'),
    exposedAt: fc.constantFrom(null, 10, 20),
    name: fc.constantFrom('spent', 'speed', 'clicks', 'views'),
    value: fc.integer({ min: -50, max: 50 }),
    from: fc.constantFrom(5, 10, 20, 30),
    lasts: fc.constantFrom(0, 0, 7),
  });

  it('are those that a walk over all reports finds, in whatever order they arrive, and after a rebuild', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 14 }), (reports) => {
        const { totals, rows } = ledger(reports);
        for (const sums of [totals, rebuildPairs(totals, rows.values())])
          for (const name of ['spent', 'speed', 'clicks']) {
            const expected = walked(reports, 'control', name);
            const pairs = armTotals(sums, 'control').pairs?.[name];
            expect(pairs?.x.n ?? 0).toBe(expected.length);
            if (pairs === undefined || expected.length < 2) continue;
            const direct = summaryOf(expected);
            expect(pairs.x.mean + pairs.x.shift).toBeCloseTo(direct.meanX, 8);
            expect(pairs.y.mean + pairs.y.shift).toBeCloseTo(direct.meanY, 8);
            expect(pairs.cxy / (expected.length - 1)).toBeCloseTo(direct.covariance, 6);
          }
      }),
      { numRuns: 400 },
    );
  });

  it('are not kept for metrics that need none', () => {
    expect(ledger([report(1, 'control', 'views', 3)]).totals.arms.control).not.toHaveProperty('pairs');
  });
});

const noise = (index: number): number => ((index * 2654435761) % 4294967296) / 4294967296;
const armOf = (unit: number): string => (unit % 2 === 0 ? 'control' : 'treatment');

describe('a covariate', () => {
  const before = (unit: number): number => 100 * noise(unit);
  const value = (unit: number): number => before(unit) + noise(unit + 9999) + (unit % 2);
  const reports = (units: number, isKnown: (unit: number) => boolean): Report[] =>
    Array.from({ length: units }, (_, unit) => unit).flatMap((unit) => [
      ...(isKnown(unit) ? [report(unit, armOf(unit), 'spent', before(unit), { from: 5, exposedAt: null })] : []),
      report(unit, armOf(unit), 'spent', value(unit)),
    ]);

  it('finds what the values alone do not show, by what they were before, and says so', () => {
    const result = testResult(TEST, ledger(reports(600, () => true)).totals, 0);
    const plain = testResult(experimentOf([metric('spent', { aggregation: 'sum' })]), ledger(reports(600, () => true)).totals, 0);
    const { adjustment, difference, interval } = result.metrics.spent ?? {};
    expect(plain.metrics.spent).toMatchObject({ verdict: 'noDifference', adjustment: null });
    expect(result.metrics.spent).toMatchObject({ verdict: 'better', per: null });
    expect(adjustment?.theta).toBeCloseTo(1, 1);
    expect(adjustment).toMatchObject({ imputedUnits: 0, unadjustedDifference: plain.metrics.spent?.difference });
    expect(adjustment?.varianceReduction).toBeGreaterThan(0.99);
    expect(difference).toBeCloseTo(1, 0);
    expect((interval?.[1] ?? 0) - (interval?.[0] ?? 0)).toBeLessThan(1);
    expect(result.controlMean.spent).toBe(plain.controlMean.spent);
    expect(result.warnings.join()).toContain("spent: its difference is adjusted by the users' values from before their exposure");
  });

  it('has the mean of the others where a unit has none: the same as if that had been recorded', () => {
    const isKnown = (unit: number): boolean => unit % 3 !== 0;
    const result = testResult(TEST, ledger(reports(600, isKnown)).totals, 0).metrics.spent;
    const units = Array.from({ length: 600 }, (_, unit) => unit);
    const known = units.filter(isKnown);
    const typical = known.reduce((sum, unit) => sum + before(unit), 0) / known.length;
    const of = (arm: string): PairedSummary =>
      summaryOf(units.filter((unit) => armOf(unit) === arm).map((unit) => [isKnown(unit) ? before(unit) : typical, value(unit)]));
    const direct = cuped(of('control'), of('treatment'));
    if (!isAnswer(direct)) throw new Error(direct.reason);
    expect(result?.adjustment).toMatchObject({ imputedUnits: 200 });
    expect(result?.adjustment?.theta).toBeCloseTo(direct.theta, 10);
    expect(result?.difference).toBeCloseTo(direct.difference, 9);
    expect(result?.adjustment?.varianceReduction).toBeCloseTo(direct.varianceReduction, 9);
  });

  it('is not used before 100 units of each arm have one, and the results say so', () => {
    const result = testResult(TEST, ledger(reports(600, (unit) => unit < 198)).totals, 0);
    expect(result.metrics.spent?.adjustment).toBeNull();
    expect(result.warnings.join()).toContain(
      'spent: compared as it is, without its covariate; 100 users of each arm need values',
    );
    expect(testResult(TEST, ledger(reports(600, (unit) => unit < 200)).totals, 0).metrics.spent?.adjustment).not.toBeNull();
  });

  it('is absent from totals that were kept before there were any, which still read', () => {
    const { totals } = ledger(reports(600, () => true));
    const arms = Object.entries(totals.arms).map(([arm, { exposed, metrics }]) => [arm, { exposed, metrics }] as const);
    const old: SubjectTotals = { ...totals, arms: Object.fromEntries(arms) };
    expect(testResult(TEST, old, 0).metrics.spent).toMatchObject({ adjustment: null, verdict: 'noDifference' });
  });
});

describe('a ratio', () => {
  it('is of sums, with the error of users: the same as of all pairs, users without a click or a view included', () => {
    const units = Array.from({ length: 800 }, (_, unit) => unit);
    const views = (unit: number): number => (unit % 7 === 0 ? 0 : 1 + Math.floor(9 * noise(unit)));
    const clicks = (unit: number): number => (unit % 5 === 0 ? 0 : Math.floor(views(unit) * noise(unit + 31)) + (unit % 2));
    const reports = units.flatMap((unit) => [
      report(unit, armOf(unit), 'unrelated', 1),
      ...(clicks(unit) === 0 ? [] : [report(unit, armOf(unit), 'clicks', clicks(unit))]),
      ...(views(unit) === 0 ? [] : [report(unit, armOf(unit), 'views', views(unit))]),
    ]);
    const result = testResult(TEST, ledger(reports).totals, 0);
    const of = (arm: string) => {
      const answer = ratioSummary(
        summaryOf(units.filter((unit) => armOf(unit) === arm).map((unit) => [clicks(unit), views(unit)])),
      );
      if (!isAnswer(answer)) throw new Error(answer.reason);
      return answer;
    };
    const [control, treatment] = [of('control'), of('treatment')];
    expect(result.metrics.clicks).toMatchObject({ per: 'views', controlUnits: 400, treatmentUnits: 400, verdict: 'better' });
    expect(result.controlMean.clicks).toBeCloseTo(control.mean, 12);
    expect(result.metrics.clicks?.difference).toBeCloseTo(treatment.mean - control.mean, 12);
    expect(result.arms.treatment?.means.clicks).toBeCloseTo(treatment.mean, 12);
    const other = experimentOf([metric('m')]);
    expect(testResult(other, ledger(reports).totals, 0).controlMean.clicks).not.toBeCloseTo(control.mean, 2);
  });

  it('has no numbers while nothing of its denominator was recorded', () => {
    const reports = Array.from({ length: 300 }, (_, unit) => report(unit, armOf(unit), 'clicks', 1 + noise(unit)));
    expect(testResult(TEST, ledger(reports).totals, 0).metrics.clicks).toMatchObject({
      controlMean: null,
      verdict: 'insufficientData',
    });
  });
});

it('a window ends so long after each unit’s own exposure, by when its values happened', () => {
  const windowed = { aggregation: 'sum', count: 1, sum: 1, min: 1, max: 1, windowMs: 100 } as const;
  const at = (from: number, until = from) => ({
    subject: 't',
    unit: 'u',
    arm: 'control',
    metrics: { m: { ...windowed, from, until } },
  });
  const rows = new Map<string, LedgerRow>();
  let totals = emptyTotals();
  const add = (delta: ReturnType<typeof at>, firstExposureAt: number | null): number => {
    const applied = applyUnitDelta(totals, rows.get('u'), { ...delta, firstExposureAt });
    rows.set('u', applied.row);
    totals = applied.totals;
    return (
      (armTotals(totals, 'control').metrics.m?.mean ?? 0) +
      (totals.metrics.m?.shift ?? 0) * Number(applied.row.counted.m !== undefined)
    );
  };
  expect(add(at(1150), null)).toBe(0);
  expect(add(at(1020), null)).toBe(0);
  expect(add(at(1099), 1000)).toBe(2);
  expect(add(at(1100), 1000)).toBe(2);
  expect(add(at(1090, 1105), 1000)).toBe(2);
  expect(add(at(1000), 1000)).toBe(3);
});
