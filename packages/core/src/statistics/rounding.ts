/**
 * What of a variance may be rounding alone: to a test, any difference beside it would be beyond chance. Bounds by the unit roundoff 2^-53 (Higham 2002,
 * Accuracy and Stability of Numerical Algorithms, 1.9 and 4.2), with room for sums over many values.
 */

/** Sums and means of equal values in another order differ in their last digits: by a few units of 2^-52 of their size. */
const OF_VALUES = 8 * 2 ** -52;
/** A difference of variances keeps the rounding of both, which sums over a million values make a thousand times the unit. */
const OF_VARIANCES = 1e-12;

/** Whether values of this size that vary so much may be equal. */
export function isRoundingOnly(variance: number, size: number): boolean {
  return Math.sqrt(variance) <= OF_VALUES * Math.abs(size);
}

/** A variance that is left of larger `parts`, which cancel: 0 where rounding alone may be left. */
export function remainingVariance(variance: number, parts: readonly number[]): number {
  const largest = parts.reduce((sum, part) => sum + Math.abs(part), 0);
  return variance <= OF_VARIANCES * largest ? 0 : variance;
}
