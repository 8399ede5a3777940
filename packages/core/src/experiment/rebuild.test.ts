import { describe, expect, it } from 'vitest';
import { addValue, emptyMoments, lostDigits, meanOf, removeValue, varianceOf } from '../analysis/moments.ts';
import { applyUnitDelta, armTotals, emptyTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { rebuildMetric } from './rebuild.ts';

function contaminatedBy(outlier: number, place: 'first' | 'last') {
  let totals = emptyTotals();
  const rows = new Map<string, LedgerRow>();
  const worn = new Set<string>();
  const add = (unit: string, arm: string, value: number | null): void => {
    const m = { aggregation: 'mean', count: 1, sum: value ?? 0, min: value ?? 0, max: value ?? 0, from: 1 } as const;
    const metrics = value === null ? {} : { m };
    const applied = applyUnitDelta(totals, rows.get(unit), { subject: 't', unit, arm, firstExposureAt: 0, metrics });
    totals = applied.totals;
    rows.set(unit, applied.row);
    for (const name of applied.worn) worn.add(name);
  };
  if (place === 'first') add('x', 'control', outlier);
  for (let unit = 0; unit < 150; unit++) {
    add(`c${unit}`, 'control', 100 + ((unit * 37) % 11));
    add(`t${unit}`, 'treatment', 100 + ((unit * 41) % 11));
  }
  if (place === 'last') add('x', 'control', outlier);
  add('x', 'treatment', null);
  return { totals, rows, worn };
}

describe('a unit that dominated its arm and left', () => {
  for (const place of ['first', 'last'] as const)
    it(`leaves the variance of the others, having come ${place}`, () => {
      const { totals, rows, worn } = contaminatedBy(1e10, place);
      expect([...worn]).toEqual(['m']);
      const rebuilt = rebuildMetric(totals, rows.values(), 'm');
      const exact = Array.from({ length: 150 }, (_, unit) => 100 + ((unit * 37) % 11));
      const moments = armTotals(rebuilt, 'control').metrics.m ?? emptyMoments(0);
      const direct = exact.reduce(addValue, emptyMoments(0));
      expect(moments.n).toBe(150);
      expect(meanOf(moments)).toBeCloseTo(meanOf(direct) ?? 0, 10);
      expect(varianceOf(moments)).toBeCloseTo(varianceOf(direct) ?? 0, 10);
      expect(armTotals(rebuilt, 'treatment').metrics.m?.shift).toBe(moments.shift);
    });

  it('is noticed only when it did, and never leaves less than no variance', () => {
    const many = Array.from({ length: 50 }, (_, index) => index % 7);
    const before = many.reduce(addValue, emptyMoments(0));
    expect(lostDigits(addValue(before, 9), before)).toBe(false);
    expect(lostDigits(addValue(before, 1e9), before)).toBe(true);
    expect(lostDigits(before, emptyMoments(0))).toBe(false);
    for (const outlier of [1e3, 1e6, 1e10, 1e15]) {
      // Of these, rounding alone would leave less than none.
      const same = [1 / 3, 1 / 3].reduce(addValue, emptyMoments(0));
      expect(removeValue(addValue(same, outlier), outlier).m2).toBe(0);
    }
  });
});
