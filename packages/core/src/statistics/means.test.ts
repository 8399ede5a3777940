import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../error.ts';
import { isAnswer, NO_ANSWER_REASONS } from './answer.ts';
import {
  confidenceSequence,
  oneSidedBounds,
  oneSidedMultiplier,
  sequenceLogE,
  sequenceMultiplier,
} from './confidence-sequence.ts';
import { cuped } from './cuped.ts';
import type { PairedSummary } from './paired-summary.ts';
import { ratioTest } from './ratio-metric.ts';
import { isNearZero, relativeLift } from './relative-lift.ts';
import { runningP } from './running-p.ts';
import type { SampleSummary } from './sample-summary.ts';
import { welchTest } from './welch.ts';

const TUNING = { alpha: 0.05, optimalN: 5000 };
const sample = fc.record({
  n: fc.integer({ min: 100, max: 1e6 }),
  mean: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  variance: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
});

function sequence(control: SampleSummary, treatment: SampleSummary) {
  const answer = confidenceSequence(control, treatment, TUNING);
  if (!isAnswer(answer)) throw new Error(answer.reason);
  return answer;
}

describe('the confidence sequence', () => {
  it('flips its signs when the arms are swapped', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [forth, back] = [sequence(a, b), sequence(b, a)];
        expect(back).toMatchObject({
          difference: 0 - forth.difference,
          p: forth.p,
          lower: 0 - forth.upper,
          upper: 0 - forth.lower,
        });
      }),
    );
  });

  it('gives the same p when all values are multiplied, and when the same is added to all', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -60, max: 60 }), (a, b, power) => {
        const scale = 2 ** power;
        const scaled = ({ n, mean, variance }: SampleSummary) => ({ n, mean: mean * scale, variance: variance * scale * scale });
        const moved = ({ n, mean, variance }: SampleSummary) => ({ n, mean: mean + 1024, variance });
        const before = sequence(a, b);
        expect(sequence(scaled(a), scaled(b)).logE).toBeCloseTo(before.logE, 8);
        const after = sequence(moved(a), moved(b));
        expect(Math.abs(after.difference - before.difference)).toBeLessThan(1e-11);
        expect(after.radius).toBe(before.radius);
      }),
    );
  });

  it('leaves out 0 exactly where its p is at most alpha', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const { lower, upper, p, logE } = sequence(a, b);
        fc.pre(Math.abs(logE - Math.log(20)) > 1e-9);
        expect(lower > 0 || upper < 0).toBe(p <= TUNING.alpha);
      }),
    );
  });

  it('is never narrower than with the plain error, and one side alone reaches less far', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [robust, plain] = [sequence(a, b), confidenceSequence(a, b, TUNING, 'plain')];
        expect(isAnswer(plain) && robust.radius >= plain.radius).toBe(true);
        const bounds = oneSidedBounds(a, b, TUNING);
        expect(isAnswer(bounds) && bounds.upper < robust.upper && bounds.lower > robust.lower).toBe(true);
        expect(oneSidedMultiplier(a.n, TUNING)).toBeLessThan(sequenceMultiplier(a.n, TUNING));
      }),
    );
  });

  it('is wider than an interval for one look', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const once = welchTest(a, b);
        expect(isAnswer(once) && sequence(a, b).upper > once.interval[1]).toBe(true);
      }),
    );
  });

  it('has finite evidence however far the null is', () => {
    expect(sequenceLogE(1e200, 1000, TUNING)).toBe(Number.MAX_VALUE);
  });

  it('has evidence that averages to 1 where there is no difference: it is an e-value', () => {
    for (const total of [200, 5000, 1e6]) {
      let mean = 0;
      const step = 0.002;
      // The mixture has the variance 1 + q, so far more of the mean lies far out than of the normal itself.
      for (let z = -400; z <= 400; z += step)
        mean += step * Math.exp(sequenceLogE(z, total, TUNING) - 0.5 * z * z - 0.9189385332046728);
      expect(mean).toBeCloseTo(1, 6);
    }
  });
});

describe('a running p', () => {
  it('never rises, whatever the looks are, and ignores those at too few units', () => {
    const looks = fc.array(fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), n: fc.nat(300) }));
    fc.assert(
      fc.property(looks, (all) => {
        let p = 1;
        for (const look of all) {
          const next = runningP(p, look.p, look.n, 100);
          expect(next).toBeLessThanOrEqual(p);
          if (look.n < 100) expect(next).toBe(p);
          p = next;
        }
        expect(p).toBe(Math.min(1, ...all.filter(({ n }) => n >= 100).map((look) => look.p)));
      }),
    );
    expect(runningP(0.4, Number.NaN, 1000, 100)).toBe(0.4);
  });
});

describe('any method for means', () => {
  const wild = fc.oneof(fc.double(), fc.double({ min: -10, max: 10 }), fc.constantFrom(0, 1, 2, 1e308, -1e308, 5e-324, 1e9));
  const anySample = fc.record({ n: fc.oneof(fc.nat(300), fc.double()), mean: wild, variance: wild });
  const anyPairs: fc.Arbitrary<PairedSummary> = fc.record({
    n: fc.nat(300),
    meanX: wild,
    meanY: wild,
    varianceX: wild,
    varianceY: wild,
    covariance: wild,
  });
  const isSound = (answer: object): boolean =>
    'reason' in answer
      ? (NO_ANSWER_REASONS as readonly unknown[]).includes(answer.reason)
      : !JSON.stringify(answer, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? 'bad' : value)).includes(
          'bad',
        );
  const soundOrRefused = (ask: () => object): boolean => {
    try {
      return isSound(ask());
    } catch (error) {
      return error instanceof SluiceError && error.code === 'invalid';
    }
  };

  it('answers with finite numbers or with a reason, whatever it is given', () => {
    fc.assert(
      fc.property(anySample, anySample, anyPairs, anyPairs, (a, b, c, d) => {
        const asked = [
          () => welchTest(a, b),
          () => confidenceSequence(a, b, TUNING),
          () => oneSidedBounds(a, b, TUNING),
          () => relativeLift(a, b),
          () => cuped(c, d),
          () => ratioTest(c, d),
        ];
        for (const ask of asked) expect(soundOrRefused(ask)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('names the reason', () => {
    const constant = { n: 200, mean: 3, variance: 0 };
    expect(confidenceSequence(constant, { ...constant, mean: 4 }, TUNING)).toEqual({ reason: 'zero-variance' });
    expect(confidenceSequence({ ...constant, n: 1 }, constant, TUNING)).toEqual({ reason: 'insufficient-data' });
    expect(confidenceSequence({ ...constant, variance: 1e308 }, { n: 2, mean: -1e308, variance: 1 }, TUNING)).toEqual({
      reason: 'out-of-range',
    });
    expect(relativeLift({ ...constant, mean: 0 }, constant)).toEqual({ reason: 'control-mean-near-zero' });
    expect([isNearZero({ n: 100, mean: 0.49, variance: 1 }), isNearZero({ n: 100, mean: 0.51, variance: 1 })]).toEqual([
      true,
      false,
    ]);
  });
});
