/**
 * Moments of pairs: of a value with its covariate, or of a numerator with its denominator. Constant in size and mergeable, each side relative to
 * its own shift (Welford 1962 for adding, Chan, Golub, LeVeque 1979 for merging, also of the product).
 */
import { addValue, emptyMoments, type Moments, mergeMoments, removeValue } from './moments.ts';

export interface CrossMoments {
  readonly x: Moments;
  readonly y: Moments;
  /** Sum of (x − mean x)(y − mean y). */
  readonly cxy: number;
}

export function emptyCrossMoments(shiftX: number, shiftY: number): CrossMoments {
  return { x: emptyMoments(shiftX), y: emptyMoments(shiftY), cxy: 0 };
}

export function addPair(moments: CrossMoments, x: number, y: number): CrossMoments {
  const before = x - moments.x.shift - moments.x.mean;
  const afterY = addValue(moments.y, y);
  return { x: addValue(moments.x, x), y: afterY, cxy: moments.cxy + before * (y - afterY.shift - afterY.mean) };
}

/** Without a pair that was added before. */
export function removePair(moments: CrossMoments, x: number, y: number): CrossMoments {
  if (moments.x.n <= 1) return emptyCrossMoments(moments.x.shift, moments.y.shift);
  const leftX = removeValue(moments.x, x);
  const deviation = x - leftX.shift - leftX.mean;
  return {
    x: leftX,
    y: removeValue(moments.y, y),
    cxy: moments.cxy - deviation * (y - moments.y.shift - moments.y.mean),
  };
}

/** In `a`'s shifts, unless `a` is empty. */
export function mergeCrossMoments(a: CrossMoments, b: CrossMoments): CrossMoments {
  if (a.x.n === 0) return b;
  if (b.x.n === 0) return a;
  const dx = b.x.mean + (b.x.shift - a.x.shift) - a.x.mean;
  const dy = b.y.mean + (b.y.shift - a.y.shift) - a.y.mean;
  return {
    x: mergeMoments(a.x, b.x),
    y: mergeMoments(a.y, b.y),
    cxy: a.cxy + b.cxy + (dx * dy * a.x.n * b.x.n) / (a.x.n + b.x.n),
  };
}

/** With n − 1; null below two pairs. */
export function covarianceOf({ x, cxy }: CrossMoments): number | null {
  return x.n < 2 ? null : cxy / (x.n - 1);
}
