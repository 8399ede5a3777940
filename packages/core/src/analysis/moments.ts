/**
 * Count, mean and sum of squared deviations of many values, without keeping the values. Values are taken relative to one shift, the
 * first value of the metric, the same for all arms: a mean of 1e9 with a deviation of 1 then keeps all its digits.
 *
 * Welford (1962) for adding and removing, Chan, Golub and LeVeque (1979) for merging.
 */
import type { SampleSummary } from '../statistics/sample-summary.ts';

export interface Moments {
  readonly n: number;
  /** Relative to `shift`. */
  readonly mean: number;
  /** Sum of squared deviations from the mean. */
  readonly m2: number;
  readonly shift: number;
}

export function emptyMoments(shift: number): Moments {
  return { n: 0, mean: 0, m2: 0, shift };
}

export function addValue(moments: Moments, value: number): Moments {
  const n = moments.n + 1;
  const deviation = value - moments.shift - moments.mean;
  const mean = moments.mean + deviation / n;
  return { n, mean, m2: moments.m2 + deviation * (value - moments.shift - mean), shift: moments.shift };
}

/** The moments without a value that was added before. Rounding may not take `m2` below 0. */
export function removeValue(moments: Moments, value: number): Moments {
  if (moments.n <= 1) return emptyMoments(moments.shift);
  const n = moments.n - 1;
  const deviation = value - moments.shift - moments.mean;
  const mean = moments.mean - deviation / n;
  return { n, mean, m2: Math.max(0, moments.m2 - deviation * (value - moments.shift - mean)), shift: moments.shift };
}

/**
 * Whether taking values out of `before`, which left `after`, cost more than six of its 16 digits: then only the values themselves tell
 * what is left.
 */
export function lostDigits(before: Moments, after: Moments): boolean {
  return after.n > 0 && after.m2 < before.m2 * 1e-6;
}

/** In `a`'s shift, unless `a` is empty. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const difference = b.mean + (b.shift - a.shift) - a.mean;
  return {
    n,
    mean: a.mean + (difference * b.n) / n,
    m2: a.m2 + b.m2 + (difference * difference * a.n * b.n) / n,
    shift: a.shift,
  };
}

/** The moments with `count` further values of zero: units that were exposed and did nothing. */
export function withZeros(moments: Moments, count: number): Moments {
  return count <= 0
    ? moments
    : mergeMoments(moments.n === 0 ? emptyMoments(moments.shift) : moments, {
        n: count,
        mean: -moments.shift,
        m2: 0,
        shift: moments.shift,
      });
}

/** Null without a value. */
export function meanOf(moments: Moments): number | null {
  return moments.n === 0 ? null : moments.mean + moments.shift;
}

/** The sample variance, m2/(n-1); null below two values. */
export function varianceOf(moments: Moments): number | null {
  return moments.n < 2 ? null : moments.m2 / (moments.n - 1);
}

/** As methods take it, with the mean relative to `shift`: the difference of two means near 1e9 then keeps its digits. */
export function summaryIn(shift: number, moments: Moments): SampleSummary {
  return { n: moments.n, mean: moments.mean + (moments.shift - shift), variance: varianceOf(moments) ?? 0 };
}
