/**
 * A ratio of sums, such as clicks per page view, by the delta method (Deng, Knoblich, Lu 2018, eq. 4): the unit is the user, though the ratio
 * is of events, so that users with many events are not mistaken for many.
 */
import { type Answer, finiteAnswer, isAnswer, noAnswer } from './answer.ts';
import { normalTail } from './normal.ts';
import type { PairedSummary } from './paired-summary.ts';
import { type RelativeLift, relativeLift } from './relative-lift.ts';
import { remainingVariance } from './rounding.ts';
import { type SampleSummary, standardError } from './sample-summary.ts';

/** The ratio of an arm as a sample: of `n` users with this mean and variance. `x` is the numerator, `y` the denominator. Refused where the denominators' mean is 0. */
export function ratioSummary({ n, meanX, meanY, varianceX, varianceY, covariance }: PairedSummary): Answer<SampleSummary> {
  if (!(n >= 2)) return noAnswer('insufficient-data');
  if (meanY === 0) return noAnswer('zero-denominator');
  const mean = meanX / meanY;
  const parts = [varianceX, -2 * mean * covariance, mean * mean * varianceY];
  const variance = parts.reduce((sum, part) => sum + part);
  return finiteAnswer({ n, mean, variance: remainingVariance(variance, parts) / meanY / meanY });
}

export interface RatioTest {
  readonly control: SampleSummary;
  readonly treatment: SampleSummary;
  readonly difference: number;
  readonly standardError: number;
  readonly z: number;
  /** For one look at a size fixed before; the summaries go into `confidenceSequence` for many. */
  readonly pTwoSided: number;
  readonly lift: RelativeLift | null;
}

/** Refused with `insufficient-data`, `zero-variance`, `zero-denominator`, `out-of-range`. */
export function ratioTest(control: PairedSummary, treatment: PairedSummary): Answer<RatioTest> {
  const [c, t] = [ratioSummary(control), ratioSummary(treatment)];
  if (!isAnswer(c)) return c;
  if (!isAnswer(t)) return t;
  const error = standardError(c, t);
  if (!isAnswer(error)) return error;
  const difference = t.mean - c.mean;
  const z = difference / error.unpooled;
  if (!Number.isFinite(z)) return noAnswer('out-of-range');
  const lift = relativeLift(c, t);
  return finiteAnswer({
    control: c,
    treatment: t,
    difference,
    standardError: error.unpooled,
    z,
    pTwoSided: 2 * normalTail(Math.abs(z)),
    lift: isAnswer(lift) ? lift : null,
  });
}
