/** Welch's test (Welch 1947): whether two means differ, without assuming equal variances. Valid for one look at a size fixed before. */
import { type Answer, finiteAnswer, isAnswer, noAnswer } from './answer.ts';
import { requireFinite, requireProbability } from './domain.ts';
import { type SampleSummary, standardError } from './sample-summary.ts';
import { studentTLogTail, studentTTail, studentTUpperQuantile } from './student-t.ts';

export interface WelchTest {
  /** Treatment minus control. */
  readonly difference: number;
  readonly standardError: number;
  readonly t: number;
  readonly degreesOfFreedom: number;
  readonly pTwoSided: number;
  readonly logPTwoSided: number;
  /** That the treatment's mean is greater, and less. */
  readonly pGreater: number;
  readonly pLess: number;
  readonly interval: readonly [lower: number, upper: number];
}

/** Refused with `insufficient-data`, `zero-variance` or `out-of-range`. `confidence` is that of the interval. @throws SluiceError `invalid` */
export function welchTest(
  control: SampleSummary,
  treatment: SampleSummary,
  confidence = 0.95,
  nullDifference = 0,
): Answer<WelchTest> {
  requireProbability('confidence', confidence);
  requireFinite('nullDifference', nullDifference);
  const error = standardError(control, treatment);
  if (!isAnswer(error)) return error;
  // Variances at the end of a double's range may come to 0 once they are divided.
  if (!(error.unpooled > 0)) return noAnswer('zero-variance');
  const [c, t] = [control.variance / control.n, treatment.variance / treatment.n];
  const difference = treatment.mean - control.mean;
  const statistic = (difference - nullDifference) / error.unpooled;
  // As parts of their sum: the squares of the two themselves leave the range of a double long before they do.
  const degreesOfFreedom = 1 / ((c / (c + t)) ** 2 / (control.n - 1) + (t / (c + t)) ** 2 / (treatment.n - 1));
  const radius = studentTUpperQuantile((1 - confidence) / 2, degreesOfFreedom) * error.unpooled;
  return finiteAnswer({
    difference,
    standardError: error.unpooled,
    t: statistic,
    degreesOfFreedom,
    pTwoSided: Math.min(1, 2 * studentTTail(Math.abs(statistic), degreesOfFreedom)),
    logPTwoSided: Math.min(0, Math.LN2 + studentTLogTail(Math.abs(statistic), degreesOfFreedom)),
    pGreater: studentTTail(statistic, degreesOfFreedom),
    pLess: studentTTail(-statistic, degreesOfFreedom),
    interval: [difference - radius, difference + radius] as const,
  });
}
