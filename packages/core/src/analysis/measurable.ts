/** Which values can be measured: numbers whose products every method can still hold. */

/**
 * Largest magnitude of a value, in the metric's own unit. The variance of a ratio has products of four values: of 10⁵⁰ each they leave room for the
 * sums of 10²⁰ units, where one value of 10³⁰⁸ would end a metric for everybody.
 */
export const LARGEST_MEASURABLE = 1e50;

/** What a message says was right. */
export const MEASURABLE = 'a finite number between -1e50 and 1e50';

export function isMeasurable(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= LARGEST_MEASURABLE;
}
