/** The chi-square distribution with real degrees of freedom, from the tail. */
import { requirePositive, requireProbability } from './domain.ts';
import { incompleteGamma } from './incomplete-gamma.ts';
import { logGamma } from './log-gamma.ts';

/** P(X > x) for df > 0. @throws SluiceError `invalid` */
export function chiSquareTail(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).upper;
}

/** ln P(X > x), also where the probability itself is no double any more. */
export function chiSquareLogTail(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).logUpper ?? -Number.MAX_VALUE;
}

/** P(X ≤ x). */
export function chiSquareCdf(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).lower;
}

/** The x with P(X > x) = `tail`, for 0 < tail < 1. Newton's method on the logarithm of the smaller part, kept inside a shrinking bracket. @throws SluiceError `invalid` */
export function chiSquareUpperQuantile(tail: number, df: number): number {
  requireProbability('tail', tail);
  requirePositive('df', df);
  let low = 0;
  let high = df + 1;
  while (chiSquareTail(high, df) > tail) high *= 2;
  const isUpper = tail <= 0.5;
  const target = Math.log(isUpper ? tail : 1 - tail);
  let x = (low + high) / 2;
  for (let step = 0; step < 200; step++) {
    const { logLower, logUpper } = incompleteGamma(df / 2, x / 2);
    const here = (isUpper ? logUpper : logLower) ?? -Number.MAX_VALUE;
    const excess = here - target;
    if (excess > 0 === isUpper) low = x;
    else high = x;
    const slope = Math.exp(logDensity(x, df) - here) * (isUpper ? -1 : 1);
    const newton = x - excess / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-16 * x) return next;
    x = next;
  }
  return x;
}

function logDensity(x: number, df: number): number {
  return (df / 2 - 1) * Math.log(x) - x / 2 - (df / 2) * Math.LN2 - logGamma(df / 2);
}
