/**
 * The sequential test of a sample ratio (Lindon, Malek 2022, arXiv 2011.03567, eq. 7): a Bayes factor of a Dirichlet prior around the configured
 * weights against exactly these. It is an e-value: valid at every look, and the running minimum of its p too.
 */
import { type Answer, finiteAnswer, noAnswer, pOfLogE } from './answer.ts';
import { requireCount, requirePositive } from './domain.ts';
import { logGammaStep } from './log-gamma.ts';

/** How near to the weights the prior expects the truth: larger finds smaller deviations later. */
export const SAMPLE_RATIO_CONCENTRATION = 1000;

export interface SequentialSampleRatio {
  readonly logE: number;
  /** Of this look alone. */
  readonly p: number;
}

/** `weights` are above 0 and need no sum. Refused with `insufficient-data` with fewer than two arms. @throws SluiceError `invalid` */
export function sequentialSampleRatio(
  observed: readonly number[],
  weights: readonly number[],
  concentration = SAMPLE_RATIO_CONCENTRATION,
): Answer<SequentialSampleRatio> {
  requirePositive('concentration', concentration);
  for (const count of observed) requireCount('observed', count);
  for (const weight of weights) requirePositive('weights', weight);
  if (observed.length < 2) return noAnswer('insufficient-data');
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const n = observed.reduce((sum, count) => sum + count, 0);
  const logE = observed.reduce((sum, count, index) => {
    const part = (weights[index] ?? 0) / whole;
    return sum + logGammaStep(concentration * part, count) - count * Math.log(part);
  }, -logGammaStep(concentration, n));
  return finiteAnswer({ logE, p: pOfLogE(logE) });
}
