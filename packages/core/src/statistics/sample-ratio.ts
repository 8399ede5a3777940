/**
 * The chi-square test of a sample ratio (Pearson 1900; for experiments Fabijan et al. 2019): whether units fell into arms as the configured weights say.
 * For **one look**; at many looks use `sequentialSampleRatio`.
 */
import { type Answer, finiteAnswer, noAnswer } from './answer.ts';
import { chiSquareLogTail, chiSquareTail } from './chi-square.ts';
import { requireCount, requirePositive } from './domain.ts';

/** Below it the arms are not comparable. */
export const SAMPLE_RATIO_LEVEL = 0.001;

export interface SampleRatioTest {
  readonly chiSquare: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  readonly logP: number;
}

/** `weights` are above 0 and need no sum. Refused with `insufficient-data` without a unit or with fewer than two arms. @throws SluiceError `invalid` */
export function sampleRatioTest(observed: readonly number[], weights: readonly number[]): Answer<SampleRatioTest> {
  for (const count of observed) requireCount('observed', count);
  for (const weight of weights) requirePositive('weights', weight);
  const n = observed.reduce((sum, count) => sum + count, 0);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  if (observed.length < 2 || n === 0) return noAnswer('insufficient-data');
  const chiSquare = observed.reduce((sum, count, index) => {
    const expected = (n * (weights[index] ?? 0)) / whole;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const degreesOfFreedom = observed.length - 1;
  return finiteAnswer({
    chiSquare,
    degreesOfFreedom,
    p: chiSquareTail(chiSquare, degreesOfFreedom),
    logP: chiSquareLogTail(chiSquare, degreesOfFreedom),
  });
}
