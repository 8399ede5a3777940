/**
 * CUPED (Deng, Xu, Kohavi, Walker 2013, eq. 4): the part of a value that was there before the test is taken out of it, by a covariate `x` measured
 * **before** the exposure. The difference stays unbiased and varies less: by the squared correlation. The same as the regression y ~ 1 + arm + x.
 */
import { type Answer, finiteAnswer, isAnswer, noAnswer } from './answer.ts';
import type { PairedSummary } from './paired-summary.ts';
import { remainingVariance } from './rounding.ts';
import { type SampleSummary, standardError } from './sample-summary.ts';

export interface Cuped {
  /** Pooled within the arms; 0 for a covariate that is constant. */
  readonly theta: number;
  /** Adjusted, with the variance of what is left. They go into any method for means. */
  readonly control: SampleSummary;
  readonly treatment: SampleSummary;
  readonly difference: number;
  readonly standardError: number;
  readonly unadjustedDifference: number;
  readonly unadjustedStandardError: number;
  /** 0 to 1: the part of the variance that went; below 0 where the covariate only added noise. */
  readonly varianceReduction: number;
}

/** `x` is the covariate, `y` the value; give means relative to one shift for both arms where they are large. Refused with `insufficient-data`, `zero-variance`, `out-of-range`. */
export function cuped(control: PairedSummary, treatment: PairedSummary): Answer<Cuped> {
  if (!(control.n >= 2 && treatment.n >= 2)) return noAnswer('insufficient-data');
  const theta = pooledTheta(control, treatment);
  const grandMean = (control.n * control.meanX + treatment.n * treatment.meanX) / (control.n + treatment.n);
  const plain = standardError(unadjusted(control), unadjusted(treatment));
  if (!isAnswer(plain)) return plain;
  const [c, t] = [adjusted(control, theta, grandMean), adjusted(treatment, theta, grandMean)];
  const error = standardError(c, t);
  if (!isAnswer(error)) return error;
  const unadjustedDifference = treatment.meanY - control.meanY;
  return finiteAnswer({
    theta,
    control: c,
    treatment: t,
    difference: unadjustedDifference - theta * (treatment.meanX - control.meanX),
    standardError: error.unpooled,
    unadjustedDifference,
    unadjustedStandardError: plain.unpooled,
    varianceReduction: 1 - (error.unpooled / plain.unpooled) ** 2,
  });
}

function pooledTheta(control: PairedSummary, treatment: PairedSummary): number {
  const of = (read: (summary: PairedSummary) => number): number =>
    (control.n - 1) * read(control) + (treatment.n - 1) * read(treatment);
  const variance = of((summary) => summary.varianceX);
  return variance > 0 ? of((summary) => summary.covariance) / variance : 0;
}

function unadjusted({ n, meanY, varianceY }: PairedSummary): SampleSummary {
  return { n, mean: meanY, variance: varianceY };
}

function adjusted(
  { n, meanX, meanY, varianceX, varianceY, covariance }: PairedSummary,
  theta: number,
  grandMean: number,
): SampleSummary {
  const parts = [varianceY, theta * theta * varianceX, -2 * theta * covariance];
  const variance = parts.reduce((sum, part) => sum + part);
  return { n, mean: meanY - theta * (meanX - grandMean), variance: remainingVariance(variance, theta === 0 ? [] : parts) };
}
