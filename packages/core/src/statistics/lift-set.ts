/**
 * The relative changes that a comparison of means does not speak against (Fieller 1954, "Some problems in interval estimation", eq. 6): every q for which
 * mT − q·mC is less than `multiplier` standard errors from 0, as (q − 1) of the control's mean. It holds wherever the interval of the difference holds, which the
 * delta method does not where the control or the events of one arm are few; and it excludes no change exactly where that interval excludes 0.
 *
 * The standard error is the larger of Welch's and the pooled one, as in the confidence sequence. Each asks for the roots of a quadratic in q; a value that
 * either of them allows is allowed.
 */
import { type Answer, finiteAnswer, noAnswer } from './answer.ts';
import type { SampleSummary } from './sample-summary.ts';

/** As fractions of the size of the control's mean. */
export interface LiftSet {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Refused with `insufficient-data` below two values in an arm, `control-mean-near-zero` where the set has no end, since the control's mean may be 0,
 * `zero-variance` where nothing varies that could move it, and `out-of-range`.
 */
export function liftSet(control: SampleSummary, treatment: SampleSummary, multiplier: number): Answer<LiftSet> {
  if (!(control.n >= 2 && treatment.n >= 2)) return noAnswer('insufficient-data');
  const size = Math.abs(control.mean);
  if (size === 0) return noAnswer('control-mean-near-zero');
  // In parts of the control's mean, so that no square leaves the range of a double.
  const q = treatment.mean / control.mean;
  const [c, t] = [control.variance / size / size, treatment.variance / size / size];
  const both = (1 / control.n + 1 / treatment.n) / (control.n + treatment.n - 2);
  const welch = rootsOf(q, multiplier, c / control.n, t / treatment.n);
  const pooled = rootsOf(q, multiplier, (control.n - 1) * c * both, (treatment.n - 1) * t * both);
  if (welch === null || pooled === null) return noAnswer('control-mean-near-zero');
  const [lower, upper] = [Math.min(welch[0], pooled[0]) - 1, Math.max(welch[1], pooled[1]) - 1];
  if (lower === upper) return noAnswer('zero-variance');
  return finiteAnswer(control.mean > 0 ? { lower, upper } : { lower: -upper, upper: -lower });
}

/** Where (q − x)² ≤ k² (t + c x²) ends: null where it does not. */
function rootsOf(q: number, k: number, c: number, t: number): readonly [number, number] | null {
  const a = 1 - k * k * c;
  if (a <= 0) return null;
  const half = k * Math.sqrt(a * t + c * q * q);
  return [(q - half) / a, (q + half) / a];
}
