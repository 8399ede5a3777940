/** All units of an arm with both of their values, from the pairs of those of which both are known. */
import type { CrossMoments } from '../analysis/cross-moments.ts';
import { type Moments, varianceOf } from '../analysis/moments.ts';
import type { PairedSummary } from '../statistics/paired-summary.ts';
import { isRoundingOnly } from '../statistics/rounding.ts';

/**
 * `y` is of all units; those that are in no pair have the `x` given, which is all that merging their moments takes (Chan, Golub, LeVeque 1979). Means
 * are relative to the pairs' shift of x and to `y`'s own. Null below two units.
 */
export function pairedArm({ x: paired, y: pairedY, cxy }: CrossMoments, y: Moments, x: number): PairedSummary | null {
  const rest = Math.max(0, y.n - paired.n);
  const n = paired.n + rest;
  if (n < 2) return null;
  const meanY = pairedY.mean + (pairedY.shift - y.shift);
  const away = rest === 0 ? 0 : x - paired.shift - paired.mean;
  const apart = rest === 0 ? 0 : (n * y.mean - paired.n * meanY) / rest - meanY;
  const between = (paired.n * rest) / n;
  const means = { n, meanX: paired.mean + (away * rest) / n, meanY: y.mean, varianceY: varianceOf(y) ?? 0 };
  const varianceX = (paired.m2 + away * away * between) / (n - 1);
  // An x that varies by rounding alone tells nothing; divided by such a variance, the covariance would be anything.
  if (isRoundingOnly(varianceX, paired.mean + paired.shift)) return { ...means, varianceX: 0, covariance: 0 };
  return { ...means, varianceX, covariance: (cxy + away * apart * between) / (n - 1) };
}
