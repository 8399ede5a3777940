/** Student's t with real degrees of freedom, from the tail: 1 − cdf would be 0 below 1e-16. */
import { requireNumber, requirePositive, requireProbability } from './domain.ts';
import { incompleteBetaFraction } from './incomplete-beta.ts';
import { logGammaStep } from './log-gamma.ts';

const HALF_LOG_PI = 0.5723649429247001;

/** P(T > t) for df > 0; accurate relative to itself down to the smallest double. @throws SluiceError `invalid` */
export function studentTTail(t: number, df: number): number {
  requireNumber('t', t);
  requirePositive('df', df);
  if (t === Number.POSITIVE_INFINITY) return 0;
  if (t < 0) return 1 - studentTTail(-t, df);
  return isCentral(t, df) ? 0.5 - centralHalf(t, df) : Math.exp(logUpperTail(t, df));
}

/** ln P(T > t), also where the probability itself is no double any more. */
export function studentTLogTail(t: number, df: number): number {
  requireNumber('t', t);
  if (t === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  if (t < 0) return Math.log1p(-studentTTail(-t, df));
  return isCentral(t, df) ? Math.log(studentTTail(t, df)) : logUpperTail(t, df);
}

/** Where the fraction of the tail converges slowly, the half between 0 and t is the smaller part. */
function isCentral(t: number, df: number): boolean {
  const x = df / (df + t * t);
  return x >= (df / 2 + 1) / (df / 2 + 2.5);
}

/** ln of ½ I_x(df/2, ½) with x = df/(df + t²) (Abramowitz and Stegun 26.7.1). */
function logUpperTail(t: number, df: number): number {
  const sum = df + t * t;
  const rest = Number.isFinite(sum) ? (t * t) / sum : 1;
  return Math.log(0.5) + logPrefactor(t, df) + Math.log(incompleteBetaFraction(df / sum, rest, df / 2, 0.5));
}

/** P(0 < T < t) as ½ I_{1−x}(½, df/2). */
function centralHalf(t: number, df: number): number {
  if (t === 0) return 0;
  const sum = df + t * t;
  return 0.5 * Math.exp(logPrefactor(t, df)) * incompleteBetaFraction((t * t) / sum, df / sum, 0.5, df / 2);
}

/** ln of x^(df/2) (1−x)^½ / B(df/2, ½). Through log1p and a gamma difference, or a million degrees of freedom would cost seven digits. */
function logPrefactor(t: number, df: number): number {
  const a = df / 2;
  const squared = (t * t) / df;
  // Where the square is no double any more, the 1 beside it no longer matters.
  const logSum = Number.isFinite(squared) ? Math.log1p(squared) : 2 * Math.log(t) - Math.log(df);
  const logX = -a * logSum;
  const logRest = 0.5 * (2 * Math.log(t) - Math.log(df) - logSum);
  return logX + logRest + logGammaStep(a, 0.5) - HALF_LOG_PI;
}

/** The t with P(T > t) = `tail`, for 0 < tail < 1; the largest double where it lies beyond. @throws SluiceError `invalid` */
export function studentTUpperQuantile(tail: number, df: number): number {
  requireProbability('tail', tail);
  if (tail > 0.5) return -studentTUpperQuantile(1 - tail, df);
  if (tail === 0.5) return 0;
  let low = 0;
  let high = 1;
  while (high < Number.MAX_VALUE / 2 && studentTTail(high, df) > tail) high *= 2;
  const target = Math.log(tail);
  let t = (low + high) / 2;
  // Newton on the logarithm of the tail, which is nearly linear there, kept inside a shrinking bracket.
  for (let step = 0; step < 200; step++) {
    const excess = studentTLogTail(t, df) - target;
    if (excess > 0) low = t;
    else high = t;
    const slope = -Math.exp(logDensity(t, df) - studentTLogTail(t, df));
    const newton = t - excess / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 1e-16 * Math.abs(t)) return next;
    t = next;
  }
  return t;
}

function logDensity(t: number, df: number): number {
  return logGammaStep(df / 2, 0.5) - HALF_LOG_PI - 0.5 * Math.log(df) - ((df + 1) / 2) * Math.log1p((t * t) / df);
}
