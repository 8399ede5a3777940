/**
 * The relative changes that a comparison of means does not speak against (Fieller 1954, "Some problems in interval estimation", eq. 6): every q for which
 * mT − q·mC is less than `multiplier` standard errors from 0, as (q − 1) of the control's mean. It holds wherever the interval of the difference holds, which the
 * delta method does not where the control or the events of one arm are few; and it excludes no change exactly where that interval excludes 0.
 *
 * The standard error is the larger of Welch's and the pooled one, as in the confidence sequence. Each asks for the roots of a quadratic in q; a value that
 * either of them allows is allowed.
 */
import type { SampleSummary } from './sample-summary.ts';

/**
 * `[lower, upper]`, as a fraction of the size of the control's mean. Null where the set has no end, since the control's mean may be 0, and where nothing
 * varies or a number leaves the range of a double. `n` is at least 2.
 */
export function liftSet(
  control: SampleSummary,
  treatment: SampleSummary,
  multiplier: number,
): readonly [lower: number, upper: number] | null {
  const size = Math.abs(control.mean);
  if (!(size > 0 && control.n >= 2 && treatment.n >= 2)) return null;
  // In parts of the control's mean, so that no square leaves the range of a double.
  const q = treatment.mean / control.mean;
  const [c, t] = [control.variance / size / size, treatment.variance / size / size];
  const degrees = control.n + treatment.n - 2;
  const both = (1 / control.n + 1 / treatment.n) / degrees;
  const sets = [
    rootsOf(q, multiplier, c / control.n, t / treatment.n),
    rootsOf(q, multiplier, (control.n - 1) * c * both, (treatment.n - 1) * t * both),
  ];
  const [welch, pooled] = sets;
  if (welch == null || pooled == null) return null;
  const [lower, upper] = [Math.min(welch[0], pooled[0]) - 1, Math.max(welch[1], pooled[1]) - 1];
  if (!(Number.isFinite(lower) && Number.isFinite(upper) && upper > lower)) return null;
  return control.mean > 0 ? [lower, upper] : [-upper, -lower];
}

/** Where (q − x)² ≤ k² (t + c x²) ends: null where it does not. */
function rootsOf(q: number, k: number, c: number, t: number): readonly [number, number] | null {
  const a = 1 - k * k * c;
  if (!(a > 0)) return null;
  const half = k * Math.sqrt(a * t + c * q * q);
  return [(q - half) / a, (q + half) / a];
}
