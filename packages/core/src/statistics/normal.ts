/** The standard normal distribution, from the tail: 1 − cdf would be 0 below 1e-16. Relative error below 1e-13 down to the smallest double. */
import { requireFinite, requireProbability } from './domain.ts';
import { erfNearZero, scaledErfc } from './error-function.ts';

const SQRT_TWO = Math.SQRT2;
const LOG_SQRT_TWO_PI = 0.9189385332046728;
/** Below it the half between 0 and x keeps more digits than the tail. */
const CENTRAL = 0.46875 * SQRT_TWO;

/** The density at x. */
export function normalDensity(x: number): number {
  requireFinite('x', x);
  return Math.exp(-0.5 * x * x - LOG_SQRT_TWO_PI);
}

/** P(X > x). @throws SluiceError `invalid` for an x that is not finite */
export function normalTail(x: number): number {
  requireFinite('x', x);
  if (Math.abs(x) <= CENTRAL) return 0.5 - 0.5 * erfNearZero(x / SQRT_TWO);
  return x < 0 ? 1 - normalTail(-x) : 0.5 * scaledErfc(x / SQRT_TWO) * bell(x);
}

/** P(X ≤ x). */
export function normalCdf(x: number): number {
  return normalTail(-x);
}

/** ln P(X > x), also where the probability itself is no double any more. Never below −1.8e308. */
export function normalLogTail(x: number): number {
  requireFinite('x', x);
  if (x < 0) return Math.log1p(-normalTail(-x));
  if (x <= CENTRAL) return Math.log(normalTail(x));
  return Math.max(-Number.MAX_VALUE, Math.log(0.5 * scaledErfc(x / SQRT_TWO)) - 0.5 * x * x);
}

/** e^(−x²/2), the square taken in two parts, or its rounding would cost two digits in the far tail (Cody 1969). */
function bell(x: number): number {
  const head = Math.trunc(x * 16) / 16;
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * (x - head) * (x + head));
}

/** The x with P(X > x) = `tail`, for 0 < tail < 1. @throws SluiceError `invalid` */
export function normalUpperQuantile(tail: number): number {
  requireProbability('tail', tail);
  if (tail > 0.5) return -normalUpperQuantile(1 - tail);
  return tail > 0.25 ? centralQuantile(0.5 - tail) : tailQuantile(Math.log(tail));
}

/** The x with P(X ≤ x) = `p`, for 0 < p < 1. @throws SluiceError `invalid` */
export function normalQuantile(p: number): number {
  requireProbability('p', p);
  return p < 0.5 ? -normalUpperQuantile(p) : normalUpperQuantile(1 - p);
}

/** The x with P(0 < X < x) = `half` ≤ ¼, by Newton's method; the half is nearly linear there. */
function centralQuantile(half: number): number {
  let x = half / 0.3989422804014327;
  for (let step = 0; step < 20; step++) {
    const within = x <= CENTRAL ? 0.5 * erfNearZero(x / SQRT_TWO) : 0.5 - normalTail(x);
    const next = x - (within - half) / normalDensity(x);
    if (Math.abs(next - x) <= 1e-16 * Math.abs(x)) return next;
    x = next;
  }
  return x;
}

/** Newton's method on the logarithm of the tail, which is concave: it converges from below and above. */
function tailQuantile(logTail: number): number {
  let x = Math.sqrt(-2 * logTail) - (logTail > -2 ? 0.5 : 0.2);
  for (let step = 0; step < 50; step++) {
    const here = normalLogTail(x);
    const slope = Math.exp(-0.5 * x * x - LOG_SQRT_TWO_PI - here);
    const next = x + (here - logTail) / slope;
    if (Math.abs(next - x) <= 1e-15 * Math.abs(x)) return next;
    x = next;
  }
  return x;
}
