/** The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 − P, with their logarithms. */
import { requireFinite, requirePositive } from './domain.ts';
import { logGamma, STIRLING_FROM, stirlingRest } from './log-gamma.ts';
import { logRatioRest } from './log-ratio-rest.ts';

const MAX_TERMS = 1_000_000;
const TINY = 1e-300;
const LOG_TWO_PI = 1.8378770664093456;

/** Both parts, each with its own digits; a logarithm of 0 is null. */
export interface IncompleteGamma {
  readonly lower: number;
  readonly upper: number;
  readonly logLower: number | null;
  readonly logUpper: number | null;
}

/** For a > 0 and x ≥ 0: the smaller part by series or fraction, the other as its complement. @throws SluiceError `invalid` */
export function incompleteGamma(a: number, x: number): IncompleteGamma {
  requirePositive('a', a);
  requireFinite('x', x);
  if (x <= 0) return { lower: 0, upper: 1, logLower: null, logUpper: 0 };
  if (x < a + 1) {
    const logLower = Math.max(-Number.MAX_VALUE, logPrefactor(a, x) + Math.log(lowerSeries(a, x)));
    const lower = Math.exp(logLower);
    return { lower, upper: 1 - lower, logLower, logUpper: Math.log1p(-lower) };
  }
  const logUpper = Math.max(-Number.MAX_VALUE, logPrefactor(a, x) + Math.log(upperFraction(a, x)));
  const upper = Math.exp(logUpper);
  return { lower: 1 - upper, upper, logLower: Math.log1p(-upper), logUpper };
}

/** ln of x^a e^-x / Γ(a). For large a around the mode, or the powers would cancel (Temme 1979; Loader 2000). */
function logPrefactor(a: number, x: number): number {
  if (a < STIRLING_FROM) return a * Math.log(x) - x - logGamma(a);
  return a * logRatioRest(x, a) + 0.5 * (Math.log(a) - LOG_TWO_PI) - stirlingRest(a);
}

/** Σ x^n / (a (a+1) … (a+n)) (Abramowitz and Stegun 6.5.29). */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= MAX_TERMS && term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** The continued fraction of Legendre (Abramowitz and Stegun 6.5.31), by the modified method of Lentz (1976). */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n <= MAX_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / notZero(numerator * d + b);
    c = notZero(b + numerator / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  return value;
}

function notZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
