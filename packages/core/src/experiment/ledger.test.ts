import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanOf, varianceOf } from '../analysis/moments.ts';
import { applyObservationDelta, applyUnitDelta, armTotals, emptyTotals, type SubjectTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import type { UnitDelta } from './unit-delta.ts';

const delta = (
  unit: number,
  arm: string,
  values: readonly number[],
  fields: Partial<UnitDelta> & { at?: number } = {},
): UnitDelta => {
  const { at = 10, ...rest } = fields;
  const metric = {
    aggregation: 'mean' as const,
    count: values.length,
    sum: values.reduce((a, b) => a + b, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    from: at,
  };
  return {
    subject: 't',
    unit: String(unit),
    arm,
    firstExposureAt: 10,
    metrics: values.length === 0 ? {} : { m: metric },
    ...rest,
  };
};

function ledger(deltas: readonly UnitDelta[]): SubjectTotals {
  const rows = new Map<string, LedgerRow>();
  return deltas.reduce((totals, one) => {
    const applied = applyUnitDelta(totals, rows.get(one.unit), one);
    rows.set(one.unit, applied.row);
    return applied.totals;
  }, emptyTotals());
}
const momentsOf = (totals: SubjectTotals, arm: string) => armTotals(totals, arm).metrics.m;

describe('the unit ledger', () => {
  const anyDelta = fc.record({
    unit: fc.nat(6),
    arm: fc.constantFrom('control', 'treatment'),
    values: fc.array(fc.integer({ min: -100, max: 100 }), { maxLength: 3 }),
    at: fc.constantFrom(5, 10, 20),
    isExposed: fc.boolean(),
  });

  it('comes to what a walk over all units would, in whatever order their reports arrive', () => {
    fc.assert(
      fc.property(fc.array(anyDelta, { maxLength: 40 }), (reports) => {
        const deltas = reports.map(({ unit, arm, values, at, isExposed }) =>
          delta(unit, arm, values, { at, firstExposureAt: isExposed ? 10 : null }),
        );
        const totals = ledger(deltas);
        for (const arm of ['control', 'treatment']) {
          const clean = [...new Set(reports.map(({ unit }) => unit))].filter(
            (unit) =>
              new Set(reports.filter((report) => report.unit === unit).map((report) => report.arm)).size === 1 &&
              reports.find((report) => report.unit === unit)?.arm === arm,
          );
          const exposed = clean.filter((unit) => reports.some((report) => report.unit === unit && report.isExposed));
          const means = exposed.flatMap((unit) => {
            const values = reports.filter((report) => report.unit === unit && report.at >= 10).flatMap((report) => report.values);
            return values.length === 0 ? [] : [values.reduce((a, b) => a + b, 0) / values.length];
          });
          expect(armTotals(totals, arm).exposed).toBe(exposed.length);
          const moments = momentsOf(totals, arm);
          expect(moments?.n ?? 0).toBe(means.length);
          if (moments !== undefined && means.length > 1) {
            const mean = means.reduce((a, b) => a + b, 0) / means.length;
            expect(meanOf(moments)).toBeCloseTo(mean, 8);
            expect(varianceOf(moments)).toBeCloseTo(
              means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (means.length - 1),
              6,
            );
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('counts a unit in two arms once as contaminated, for ever, and one with values but no exposure as unexposed until it is', () => {
    const both = ledger([
      delta(1, 'control', [5]),
      delta(1, 'treatment', [7]),
      delta(1, 'control', [9]),
      delta(2, 'control', [1]),
    ]);
    expect(both).toMatchObject({ contaminatedUnits: 1, arms: { control: { exposed: 1 } } });
    const early = [delta(3, 'control', [4], { firstExposureAt: null, at: 5 })];
    expect(ledger(early)).toMatchObject({ unexposedUnits: 1, arms: { control: { exposed: 0 } } });
    expect(ledger([...early, delta(3, 'control', [8], { at: 12 })])).toMatchObject({
      unexposedUnits: 0,
      arms: { control: { exposed: 1, metrics: { m: { n: 1 } } } },
    });
    expect(
      meanOf(
        momentsOf(ledger([...early, delta(3, 'control', [8], { at: 12 })]), 'control') ?? { n: 0, mean: 0, m2: 0, shift: 0 },
      ),
    ).toBe(8);
  });

  it('takes a metric that is first recorded at 60 units per arm for an early one, however many others these have', () => {
    const units = (count: number) =>
      Array.from({ length: count }, (_, unit) => delta(unit, unit % 2 === 0 ? 'control' : 'treatment', [1]));
    const late = (count: number) => {
      const other = { ...delta(0, 'control', [1]).metrics.m, count: 1 } as UnitDelta['metrics'][string];
      return ledger([...units(count), delta(0, 'control', [], { metrics: { other } })]).metrics.other?.foundRole;
    };
    expect([late(120), late(198), late(200)]).toEqual(['primary', 'primary', 'secondary']);
  });

  it('keeps one kind of unit per metric and counts what it refuses', () => {
    const totals = ledger([delta(1, 'control', [5])]);
    const moments = { n: 3, mean: 0, m2: 2, shift: 5 };
    expect(applyObservationDelta(totals, { subject: 't', arm: 'control', metrics: { m: moments } })).toMatchObject({
      refusedObservations: 3,
      arms: totals.arms,
    });
    const other = applyObservationDelta(totals, { subject: 't', arm: 'control', metrics: { other: moments } });
    expect(other.metrics.other).toMatchObject({ unit: 'observation', foundRole: 'primary' });
    expect(other.arms.control?.metrics.other).toEqual(moments);
  });
});
