/** Welch's test (Welch 1947): whether two means differ, without assuming equal variances. Valid for one look at a size fixed before. */
import { studentTLogTail, studentTTail, studentTUpperQuantile } from './student-t.ts';

/** A sample by its size, mean and variance with n − 1; n is at least 2. */
export interface SampleSummary {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

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

/** Null when neither sample varies, or by more than a double can say: then there is no error to compare with. `confidence` is that of the interval. */
export function welchTest(
  control: SampleSummary,
  treatment: SampleSummary,
  confidence = 0.95,
  nullDifference = 0,
): WelchTest | null {
  const [c, t] = [control.variance / control.n, treatment.variance / treatment.n];
  const standardError = Math.sqrt(c + t);
  if (!(standardError > 0) || !Number.isFinite(standardError)) return null;
  const difference = treatment.mean - control.mean;
  const statistic = (difference - nullDifference) / standardError;
  // As parts of their sum: the squares of the two themselves leave the range of a double long before they do.
  const degreesOfFreedom = 1 / ((c / (c + t)) ** 2 / (control.n - 1) + (t / (c + t)) ** 2 / (treatment.n - 1));
  const radius = studentTUpperQuantile((1 - confidence) / 2, degreesOfFreedom) * standardError;
  return {
    difference,
    standardError,
    t: statistic,
    degreesOfFreedom,
    pTwoSided: Math.min(1, 2 * studentTTail(Math.abs(statistic), degreesOfFreedom)),
    logPTwoSided: Math.min(0, Math.log(2) + studentTLogTail(Math.abs(statistic), degreesOfFreedom)),
    pGreater: studentTTail(statistic, degreesOfFreedom),
    pLess: studentTTail(-statistic, degreesOfFreedom),
    interval: [difference - radius, difference + radius],
  };
}
