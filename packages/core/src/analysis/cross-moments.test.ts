import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPair, type CrossMoments, covarianceOf, emptyCrossMoments, mergeCrossMoments, removePair } from './cross-moments.ts';

type Pair = readonly [x: number, y: number];
const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const pairs = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 });
const of = (all: readonly Pair[], shiftX = 0, shiftY = 0): CrossMoments =>
  all.reduce((sum, [x, y]) => addPair(sum, x, y), emptyCrossMoments(shiftX, shiftY));
const near = (a: CrossMoments, b: CrossMoments): void => {
  expect(a.x.n).toBe(b.x.n);
  expect(Math.abs(a.cxy - b.cxy)).toBeLessThan(1e-6);
  expect(Math.abs(a.x.m2 - b.x.m2)).toBeLessThan(1e-6);
};

describe('moments of pairs', () => {
  it('merge to the same in any order and grouping, also across shifts', () => {
    fc.assert(
      fc.property(pairs, pairs, pairs, (a, b, c) => {
        const whole = of([...a, ...b, ...c]);
        near(mergeCrossMoments(of(a, 5, -3), mergeCrossMoments(of(b), of(c))), whole);
        near(mergeCrossMoments(mergeCrossMoments(of(c), of(a)), of(b)), whole);
        near(mergeCrossMoments(emptyCrossMoments(1, 1), whole), whole);
      }),
    );
  });

  it('are without a removed pair what they were before it', () => {
    fc.assert(fc.property(pairs, value, value, (all, x, y) => near(removePair(addPair(of(all), x, y), x, y), of(all))));
    expect(removePair(of([[1, 2]]), 1, 2)).toEqual(emptyCrossMoments(0, 0));
  });

  it('give the covariance, also of values on an offset of 1e9', () => {
    const all: Pair[] = [
      [1, 10],
      [2, 12],
      [4, 11],
      [7, 19],
    ];
    expect(covarianceOf(of(all))).toBeCloseTo(29 / 3, 12);
    const far = all.map(([x, y]): Pair => [x + 1e9, y - 1e9]);
    expect(covarianceOf(of(far, 1e9 + 1, -1e9 + 10))).toBeCloseTo(29 / 3, 12);
    expect(covarianceOf(of([[1, 2]]))).toBeNull();
  });
});
