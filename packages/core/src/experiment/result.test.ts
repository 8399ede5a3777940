import { describe, expect, it } from 'vitest';
import type { Experiment, TrackedMetric } from './experiment.ts';
import { experimentOf } from './judged-test.testing.ts';
import { applyObservationDelta, applyUnitDelta, emptyTotals, type SubjectTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { trackedMetric } from './metric.ts';
import { testResult } from './result.ts';
import type { UnitDelta } from './unit-delta.ts';

type Values = Readonly<Record<string, readonly number[]>>;
const metric = (name: string, more: Partial<TrackedMetric> = {}): TrackedMetric => ({ ...trackedMetric(name), ...more });

class Ledger {
  totals: SubjectTotals = emptyTotals();
  readonly #rows = new Map<string, LedgerRow>();
  readonly #tracked: readonly TrackedMetric[];

  constructor(tracked: readonly TrackedMetric[]) {
    this.#tracked = tracked;
  }

  add(unit: string, arm: string, values: Values): void {
    const metrics = Object.fromEntries(
      Object.entries(values).map(([name, all]): [string, UnitDelta['metrics'][string]] => [
        name,
        {
          aggregation: this.#tracked.find((tracked) => tracked.name === name)?.aggregation ?? 'mean',
          count: all.length,
          sum: all.reduce((sum, value) => sum + value, 0),
          min: Math.min(...all),
          max: Math.max(...all),
          from: 1,
        },
      ]),
    );
    const applied = applyUnitDelta(this.totals, this.#rows.get(unit), { subject: 't', unit, arm, firstExposureAt: 0, metrics });
    this.totals = applied.totals;
    this.#rows.set(unit, applied.row);
  }

  /** `size` units an arm, each with what `values` says of it. */
  fill(size: number, values: (index: number, arm: 'control' | 'treatment') => Values): this {
    for (let index = 0; index < size; index++)
      for (const arm of ['control', 'treatment'] as const) this.add(`${arm}${index}`, arm, values(index, arm));
    return this;
  }
}

const stoppedTest = (trackedMetrics: readonly TrackedMetric[]): Experiment =>
  experimentOf(trackedMetrics, { phase: 'stopped', stoppedAt: 2000, stopReason: '', dueAt: null });

function resultOf(tracked: readonly TrackedMetric[], size: number, values: Parameters<Ledger['fill']>[1]) {
  return testResult(stoppedTest(tracked), new Ledger(tracked).fill(size, values).totals, 3000);
}

describe('users who did nothing', () => {
  it('count as zeros in a sum, also where nobody in the arm did anything', () => {
    const bought = [metric('bought', { aggregation: 'sum' })];
    const result = resultOf(bought, 500, (index, arm): Values => (arm === 'treatment' && index < 60 ? { bought: [30] } : {}));
    expect(result.metrics.bought).toMatchObject({ controlMean: 0, controlUnits: 500, treatmentUnits: 500, verdict: 'better' });
    expect(result.treatmentMean.bought).toBeCloseTo(3.6, 10);
    expect(result).toMatchObject({ winner: 'treatment', lift: { bought: null } });
    expect(result.metrics.bought?.reason).toBe('control-mean-near-zero');
  });

  it('count as zeros in a maximum, which makes 1 per conversion a rate', () => {
    const converted = [metric('converted', { aggregation: 'max' })];
    const result = resultOf(
      converted,
      500,
      (index, arm): Values => (index % 10 < (arm === 'control' ? 1 : 2) ? { converted: [1, 1] } : {}),
    );
    expect(result.controlMean.converted).toBeCloseTo(0.1, 10);
    expect(result.treatmentMean.converted).toBeCloseTo(0.2, 10);
    expect(result.winner).toBe('treatment');
  });

  it('are no values of a mean', () => {
    const result = resultOf([metric('m')], 500, (index): Values => (index < 200 ? { m: [index % 3] } : {}));
    expect(result.metrics.m).toMatchObject({ controlUnits: 200, treatmentUnits: 200 });
  });

  it('show a declared metric that nobody recorded', () => {
    const result = resultOf([metric('clicks', { aggregation: 'count' }), metric('m')], 150, () => ({}));
    expect(result.metrics).toMatchObject({
      clicks: { controlMean: 0, treatmentMean: 0, verdict: 'undefined', reason: 'zero-variance' },
      m: { controlMean: null, verdict: 'insufficientData' },
    });
    expect(result.warnings.join()).toContain('nothing was recorded yet of clicks, m');
  });

  it('leave metrics in the order in which they are declared, whichever was recorded first, and others by name', () => {
    const declared = [metric('m'), metric('clicks', { aggregation: 'count' })];
    const result = resultOf(declared, 2, () => ({ z: [1], clicks: [1], y: [1], m: [1] }));
    expect(Object.keys(result.metrics)).toEqual(['m', 'clicks', 'y', 'z']);
    expect(resultOf(declared, 150, () => ({ clicks: [1] })).reason).toBe('insufficient-data');
  });
});

describe('what is called significant', () => {
  /** Two primaries with about the same p-value, which one of the two alone would pass. */
  const near = (shift: number) => (index: number, arm: string) => ({
    a: [(index % 7) + (arm === 'treatment' ? shift : 0)],
    b: [((index * 3) % 7) + (arm === 'treatment' ? shift : 0)],
  });

  it('is corrected for the number of primary metrics', () => {
    const both = resultOf([metric('a'), metric('b')], 140, near(1.15));
    for (const name of ['a', 'b']) expect(both.pValue[name]).toBeLessThan(0.05);
    expect(both.metrics.a?.adjustedPValue).toBeGreaterThan(0.04);
    const alone = resultOf([metric('a'), metric('b', { role: 'secondary' })], 140, near(1.15));
    expect([alone.significant, both.metrics.a?.adjustedPValue === alone.metrics.a?.adjustedPValue]).toEqual([true, false]);
    const weak = resultOf([metric('a'), metric('b')], 140, near(1.12));
    expect(weak).toMatchObject({ significant: false, winner: null });
    expect(weak.pValue.a).toBeLessThan(0.05);
  });

  it('is decided by primary metrics alone', () => {
    const result = resultOf([metric('a', { role: 'secondary' }), metric('c')], 200, (index, arm) => ({
      a: [(index % 7) + (arm === 'treatment' ? 3 : 0)],
      c: [index % 5],
    }));
    expect(result).toMatchObject({ significant: false, winner: null, verdict: { a: 'better', c: 'noDifference' } });
  });

  it('is never a treatment that makes a guardrail worse', () => {
    const guarded = [metric('a'), metric('errors', { role: 'guardrail' })];
    const worse = (index: number, arm: string) => ({
      a: [(index % 7) + (arm === 'treatment' ? 3 : 0)],
      errors: [(index % 5) + (arm === 'treatment' ? 2 : 0)],
    });
    const result = resultOf(guarded, 200, worse);
    expect(result).toMatchObject({ significant: false, winner: null, verdict: { a: 'better', errors: 'worse' } });
    expect(result.warnings.join()).toContain('errors: this guardrail is worse in treatment, so treatment cannot win');
    const harmless = resultOf(guarded, 200, (index, arm) => ({ ...worse(index, arm), errors: [index % 5] }));
    expect(harmless).toMatchObject({ significant: true, winner: 'treatment' });
  });

  it('is not what one absurd value makes of it', () => {
    for (const glitch of [1e20, 1e80, 1e100, 1e150, 1e160, 1e200, 1e308, -1e80]) {
      const result = resultOf([metric('a'), metric('b')], 150, (index, arm) => ({
        a: [index % 7],
        b: [arm === 'treatment' && index === 7 ? glitch : (index + 2) % 5],
      }));
      expect(result, String(glitch)).toMatchObject({ significant: false, winner: null });
      expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/);
      const numbers = Object.values(result.metrics).flatMap((one) => [
        one.pValue,
        one.lift,
        one.treatmentMean,
        ...(one.interval ?? []),
      ]);
      expect(
        numbers.every((value) => value === null || Number.isFinite(value)),
        String(glitch),
      ).toBe(true);
    }
    const huge = resultOf([metric('b')], 150, (index) => ({ b: [(index % 5) * 1e160] }));
    expect(huge.metrics.b).toMatchObject({ pValue: null, verdict: expect.stringMatching(/undefined|insufficientData/) });
  });

  it('has no relative change of a control that is all but nothing', () => {
    const tiny = resultOf([metric('a')], 150, (index, arm) => ({ a: [arm === 'control' ? 5e-324 : index % 3] }));
    expect(tiny.metrics.a).toMatchObject({ lift: null, improvement: null, verdict: 'better', reason: 'control-mean-near-zero' });
    const around = resultOf([metric('a')], 150, (index, arm) => ({ a: [(index % 3) - 1 + (arm === 'treatment' ? 1 : 0)] }));
    expect(around.metrics.a).toMatchObject({ lift: null, reason: 'control-mean-near-zero', verdict: 'better' });
  });

  it('takes observations whose sum left the range of a double for no measurement', () => {
    const moments = { n: 200, mean: 1e308, m2: Number.POSITIVE_INFINITY, shift: 0 };
    const totals = ['control', 'treatment'].reduce(
      (sum, arm) => applyObservationDelta(sum, { subject: 't', arm, metrics: { a: moments } }),
      emptyTotals(),
    );
    expect(testResult(stoppedTest([metric('a')]), totals, 3000)).toMatchObject({ significant: false, pValue: { a: null } });
  });
});
