import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAnswer } from './answer.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { bonferroni } from './bonferroni.ts';
import { chiSquareTail, chiSquareUpperQuantile } from './chi-square.ts';
import { holm } from './holm.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { incompleteGamma } from './incomplete-gamma.ts';
import { logBeta, logGamma } from './log-gamma.ts';
import { mannWhitneyTest } from './mann-whitney.ts';
import { normalCdf, normalLogTail, normalQuantile, normalTail, normalUpperQuantile } from './normal.ts';
import { plannedDuration } from './plan-duration.ts';
import { detectableDifference, powerForMeans, sampleSizeForMeans } from './plan-means.ts';
import { sampleSizeForProportions } from './plan-proportions.ts';
import { sequentialDetectableEffect, sequentialPower, sequentialSampleSize } from './plan-sequential.ts';
import { studentTTail, studentTUpperQuantile } from './student-t.ts';
import { twoProportionTest } from './two-proportion.ts';

const tail = fc.double({ min: 1e-300, max: 0.999, noNaN: true });
const df = fc.double({ min: 1, max: 1e5, noNaN: true });
const near = (got: number, want: number, relative: number): void => {
  expect(Math.abs(got / want - 1), `${got} for ${want}`).toBeLessThanOrEqual(relative);
};

describe('quantiles', () => {
  it('are where the tail is what was asked for', () => {
    fc.assert(fc.property(tail, (p) => near(normalTail(normalUpperQuantile(p)), p, 1e-12)));
    fc.assert(fc.property(tail, (p) => near(normalCdf(normalQuantile(p)), p, 1e-12)));
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 0.999, noNaN: true }), df, (p, d) =>
        near(studentTTail(studentTUpperQuantile(p, d), d), p, 1e-11),
      ),
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-100, max: 0.999, noNaN: true }), df, (p, d) =>
        near(chiSquareTail(chiSquareUpperQuantile(p, d), d), p, 1e-9),
      ),
    );
  });

  it('are refused for what is no probability', () => {
    for (const p of [0, 1, -0.1, Number.NaN]) {
      expect(() => normalQuantile(p)).toThrow('/p must be above 0 and below 1');
      expect(() => chiSquareUpperQuantile(p, 3)).toThrow('/tail');
      expect(() => studentTUpperQuantile(p, 3)).toThrow('/tail');
    }
    expect(() => normalTail(Number.POSITIVE_INFINITY)).toThrow('/x must be a finite number; it is Infinity');
    expect(() => studentTTail(1, 0)).toThrow('/df');
    expect(() => studentTTail(Number.NaN, 3)).toThrow('/t must be a number; it is NaN');
    expect([studentTTail(Number.POSITIVE_INFINITY, 3), studentTTail(Number.NEGATIVE_INFINITY, 3)]).toEqual([0, 1]);
    expect([holm, benjaminiHochberg, bonferroni].map((corrected) => corrected([0, 1]))).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    for (const corrected of [holm, benjaminiHochberg, bonferroni]) {
      expect(() => corrected([0.1, Number.NaN])).toThrow('/pValues/1 must be from 0 to 1; it is NaN');
      expect(() => corrected([2, -1])).toThrow('/pValues/0 must be from 0 to 1; it is 2');
    }
  });
});

describe('tails', () => {
  it('keep their digits where they are no double any more', () => {
    expect(normalTail(40)).toBe(0);
    near(normalLogTail(40), -804.6084420137538, 1e-14);
    expect(normalLogTail(1e200)).toBe(-Number.MAX_VALUE);
    expect(normalLogTail(-37)).toBeLessThan(0);
  });

  it('of both sides sum to 1', () => {
    const a = fc.double({ min: 0.1, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(a, a, fc.double({ min: 0, max: 1, noNaN: true }), (p, q, x) => {
        const beta = incompleteBeta(x, p, q);
        const mirrored = incompleteBeta(1 - x, q, p);
        expect(beta.lower + beta.upper).toBeCloseTo(1, 12);
        if (1 - (1 - x) === x) expect(beta.lower).toBeCloseTo(mirrored.upper, 10);
        const gamma = incompleteGamma(p, q);
        expect(gamma.lower + gamma.upper).toBeCloseTo(1, 12);
      }),
    );
  });
});

describe('corrections for several p-values', () => {
  it('never make one smaller, keep their order, and Holm is never worse than Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (p) => {
        const [h, b, f] = [holm(p), benjaminiHochberg(p), bonferroni(p)];
        for (const [index, one] of p.entries()) {
          expect(h[index]).toBeGreaterThanOrEqual(one);
          expect(b[index]).toBeGreaterThanOrEqual(one * (1 - 1e-15));
          expect(h[index]).toBeLessThanOrEqual(f[index] ?? 0);
          expect(b[index]).toBeLessThanOrEqual((h[index] ?? 0) * (1 + 1e-15));
          for (const [other, q] of p.entries()) if (one < q) expect(b[index]).toBeLessThanOrEqual(b[other] ?? 0);
        }
        expect(benjaminiHochberg([...p].reverse()).reverse()).toEqual(b);
      }),
    );
  });
});

describe('tests on ranks and proportions', () => {
  it('turn round when the arms are swapped', () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [forth, back] = [mannWhitneyTest(a, b), mannWhitneyTest(b, a)];
        if (!isAnswer(forth) || !isAnswer(back)) throw new Error('refused');
        expect(forth.u + back.u).toBeCloseTo(a.length * b.length, 9);
        if (forth.pTwoSided === null) expect(back.pTwoSided).toBeNull();
        else expect(forth.pTwoSided).toBeCloseTo(back.pTwoSided ?? 2, 12);
      }),
    );
    const counted = fc
      .tuple(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([n, part]) => ({ n, successes: Math.round(n * part) }));
    fc.assert(
      fc.property(counted, counted, (a, b) => {
        const [forth, back] = [twoProportionTest(a, b), twoProportionTest(b, a)];
        if (!isAnswer(forth) || !isAnswer(back)) return expect(back).toEqual(forth);
        expect(forth.difference + back.difference).toBe(0);
        for (const by of ['pooled', 'unpooled'] as const) {
          expect((forth[by].z ?? 0) + (back[by].z ?? 0)).toBeCloseTo(0, 9);
          expect(forth[by].pTwoSided ?? 2).toBeCloseTo(back[by].pTwoSided ?? 2, 12);
        }
      }),
    );
  });

  it('refuse what they cannot judge', () => {
    expect(mannWhitneyTest([], [1])).toEqual({ reason: 'insufficient-data' });
    expect(() => mannWhitneyTest([Number.NaN], [1])).toThrow('/value must be a finite number');
    expect(twoProportionTest({ n: 0, successes: 0 }, { n: 1, successes: 1 })).toEqual({ reason: 'insufficient-data' });
    expect(() => twoProportionTest({ n: 5, successes: 6 }, { n: 5, successes: 1 })).toThrow('/control/n - successes');
    expect(twoProportionTest({ n: 5, successes: 0 }, { n: 5, successes: 0 })).toMatchObject({
      pooled: { z: null, pTwoSided: null },
    });
  });
});

describe('planning', () => {
  const levels = { alpha: 0.05, power: 0.8 };
  it('gives a size with the power that was asked for, and the difference that this size finds', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 0.02, max: 1, noNaN: true }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (sd, effect, ratio) => {
          const size = sampleSizeForMeans(sd, effect * sd, { ...levels, ratio });
          if (!isAnswer(size)) throw new Error(size.reason);
          expect(powerForMeans(sd, effect * sd, size.exactControl, { alpha: 0.05, ratio })).toBeCloseTo(0.8, 9);
          expect(powerForMeans(sd, -effect * sd, size.exactControl, { alpha: 0.05, ratio })).toBeCloseTo(0.8, 9);
          near(detectableDifference(sd, size.exactControl, { ...levels, ratio }), effect * sd, 1e-9);
        },
      ),
    );
  });

  it('needs more for looking at any time, and less than twice as much', () => {
    const tuning = { alpha: 0.05, optimalN: 10_000 };
    const [fixed, sequential] = [sampleSizeForMeans(1, 0.056, levels), sequentialSampleSize(0.056, 0.8, tuning)];
    if (!isAnswer(fixed) || !isAnswer(sequential)) throw new Error('refused');
    const times = sequential.total / (fixed.control + fixed.treatment);
    expect([times > 1.5, times < 2]).toEqual([true, true]);
    near(sequentialDetectableEffect(sequential.exactTotal, 0.8, tuning), 0.056, 1e-9);
    expect(sequentialPower(0.056, sequential.exactTotal, tuning)).toBeCloseTo(0.8, 9);
  });

  it('plans whole weeks, and refuses a size that is never reached', () => {
    expect(() => plannedDuration(1e300, 1e-300)).toThrow('/totalUnits must be so few that 1e-300 a day get there; it is 1e+300');
    expect(plannedDuration(10_000, 1200)).toMatchObject({ days: 9, plannedDays: 14, durationMs: 14 * 86_400_000 });
    expect(plannedDuration(10, 1200)).toMatchObject({ days: 1, plannedDays: 7 });
  });

  it('refuses what no size finds', () => {
    expect(() => sampleSizeForMeans(1, 0, levels)).toThrow('/delta');
    expect(() => powerForMeans(1, Number.NaN, 100, levels)).toThrow('/delta must be a finite number; it is NaN');
    expect(() => sampleSizeForProportions(0.1, 0.1, levels)).toThrow('/|p2 - p1|');
    expect(sampleSizeForMeans(1, 1e-200, levels)).toEqual({ reason: 'out-of-range' });
    expect(sequentialSampleSize(1e-200, 0.8, { alpha: 0.05, optimalN: 5000 })).toEqual({ reason: 'out-of-range' });
  });
});

it('ln Γ keeps its digits near 0, where Γ itself is no double', () => {
  // By math.lgamma of Python 3.11.
  near(logGamma(1e-6), 13.81550998074943, 1e-14);
  near(logGamma(1e-10), 23.025850929882736, 1e-14);
  near(logGamma(1e-300), 690.7755278982137, 1e-14);
  near(logBeta(1e-300, 1), 690.7755278982137, 1e-14);
  // Euler's reflection: Γ(z) Γ(1 − z) = π / sin πz.
  const law = fc.property(fc.double({ min: 1e-300, max: 0.49, noNaN: true }), (z) => {
    near(logGamma(z) + logGamma(1 - z), Math.log(Math.PI / Math.sin(Math.PI * z)), 1e-12);
  });
  fc.assert(law);
});
