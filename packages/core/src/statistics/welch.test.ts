import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAnswer } from './answer.ts';
import type { SampleSummary } from './sample-summary.ts';
import { type WelchTest, welchTest } from './welch.ts';

/** The answer, or a failure of the test. */
function tested(control: SampleSummary, treatment: SampleSummary): WelchTest {
  const test = welchTest(control, treatment);
  if (!isAnswer(test)) throw new Error(test.reason);
  return test;
}

const sample = fc.record({
  n: fc.integer({ min: 2, max: 1e6 }),
  mean: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  variance: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
});

describe("Welch's test", () => {
  it('flips its sign when the arms are swapped, and keeps its p', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [forth, back] = [tested(a, b), tested(b, a)];
        expect(forth.difference + back.difference).toBe(0);
        expect(forth.pTwoSided).toBe(back.pTwoSided);
        expect(forth.pTwoSided).toBeGreaterThanOrEqual(0);
        expect(forth.pTwoSided).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('gives the same p in every unit, and when the same is added to all', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -60, max: 60 }), fc.integer({ min: -1e6, max: 1e6 }), (a, b, power, by) => {
        const scale = 2 ** power;
        const scaled = ({ n, mean, variance }: SampleSummary) => ({ n, mean: mean * scale, variance: variance * scale * scale });
        const moved = ({ mean, ...rest }: SampleSummary) => ({ ...rest, mean: mean + by });
        // Whole numbers lose nothing by a power of two, nor by another whole number; + 0 takes the sign from −0.
        const whole = ({ mean, ...rest }: SampleSummary) => ({ ...rest, mean: Math.round(mean) + 0 });
        const [c, d] = [whole(a), whole(b)];
        const [before, after] = [tested(c, d), tested(scaled(c), scaled(d))];
        expect([after.logPTwoSided, after.difference / scale]).toEqual([before.logPTwoSided, before.difference]);
        expect(tested(moved(c), moved(d))).toEqual(before);
      }),
    );
  });

  it('gives the same p at every scale that a double has, and no answer beyond', () => {
    const [a, b] = [
      { n: 120, mean: 1, variance: 4 },
      { n: 150, mean: 1.5, variance: 9 },
    ];
    const at = (scale: number): [SampleSummary, SampleSummary] => [
      { ...a, mean: a.mean * scale, variance: a.variance * scale * scale },
      { ...b, mean: b.mean * scale, variance: b.variance * scale * scale },
    ];
    const scaled = (scale: number) => tested(...at(scale));
    for (const scale of [1e-150, 1e-90, 1e80, 1e100, 1e150]) expect(scaled(scale).pTwoSided).toBeCloseTo(scaled(1).pTwoSided, 12);
    expect(welchTest(...at(1e200))).toEqual({ reason: 'out-of-range' });
    const hardlyVaries = { n: 1_000_000, mean: 0, variance: 1e-320 };
    expect(welchTest(hardlyVaries, { n: 2, mean: 1, variance: 0 })).toEqual({ reason: 'zero-variance' });
    const far = tested({ n: 120, mean: 0, variance: 1e-300 }, { n: 120, mean: 1e20, variance: 1e-300 });
    expect(far.pTwoSided).toBe(0);
    expect(far.logPTwoSided).toBeLessThan(-10_000);
  });

  it('has no answer when nothing varies, or one arm has a single value', () => {
    const constant = { n: 9, mean: 1, variance: 0 };
    expect(welchTest(constant, { ...constant, mean: 2 })).toEqual({ reason: 'zero-variance' });
    expect(welchTest({ ...constant, n: 1 }, { ...constant, variance: 1 })).toEqual({ reason: 'insufficient-data' });
  });
});
