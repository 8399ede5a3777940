import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differing, SINGLE, same, totalsOf } from './judged-test.testing.ts';
import { mergeTrails, type TrailPoint } from './look-trail.ts';
import { mergeLooks } from './looks.ts';
import { lookAtTest, testResult } from './result.ts';

const point = fc.record({
  at: fc.nat(3),
  units: fc.integer({ min: 200, max: 400 }),
  difference: fc.constantFrom(0, 1),
  lower: fc.constantFrom(-2, -1),
  upper: fc.constantFrom(2, 3),
  lift: fc.constantFrom(null, 0.1),
}) as fc.Arbitrary<TrailPoint>;

describe('the trail of looks', () => {
  it('merges to the same in any order and however often it is told', () => {
    const trail = fc.array(point, { maxLength: 12 });
    fc.assert(
      fc.property(trail, trail, trail, (a, b, c) => {
        const whole = mergeTrails(mergeTrails(a, b), c);
        expect(mergeTrails(c, mergeTrails(b, a))).toEqual(whole);
        expect(mergeTrails(whole, b)).toEqual(whole);
      }),
    );
  });

  it('stays small however often a test is looked at, and grows in time and units', () => {
    let trail: readonly TrailPoint[] = [];
    for (let units = 200; units < 1e7; units = Math.ceil(units * 1.01))
      trail = mergeTrails(trail, [{ at: units, units, difference: 0, lower: -1, upper: 1, lift: null }]);
    expect(trail.length).toBeLessThanOrEqual(65);
    expect(trail.every(({ at }, index) => index === 0 || at > (trail[index - 1]?.at ?? 0))).toBe(true);
  });

  it('is kept beside the totals, and shown with how it is now at its end', () => {
    let totals = totalsOf({ a: same(50) });
    for (const [now, n] of [
      [1, 50],
      [2, 150],
      [3, 151],
      [4, 400],
    ] as const) {
      const current = { ...totalsOf({ a: differing(n) }), looks: totals.looks };
      const { looks } = lookAtTest(SINGLE, current, now);
      totals = { ...current, looks: mergeLooks(current.looks, looks ?? current.looks) };
    }
    const shown = testResult(SINGLE, { ...totalsOf({ a: differing(410) }), looks: totals.looks }, 5).arms.treatment?.trails.a;
    expect(shown?.map(({ at, units }) => [at, units])).toEqual([
      [2, 300],
      [4, 800],
      [5, 820],
    ]);
    for (const { lower, difference, upper } of shown ?? []) expect(lower < difference && difference < upper).toBe(true);
  });

  it('adds nothing to what is kept while nothing new is seen', () => {
    const totals = totalsOf({ a: same(500) });
    const { looks } = lookAtTest(SINGLE, totals, 1);
    expect(looks?.comparisons.treatment?.a?.trail).toHaveLength(1);
    expect(lookAtTest(SINGLE, { ...totals, looks: looks ?? totals.looks }, 2).looks).toBeNull();
  });
});
