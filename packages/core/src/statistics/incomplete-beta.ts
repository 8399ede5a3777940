/** The regularised incomplete beta function I_x(a, b), its complement, their logarithms, and the continued fraction behind them. */
import { requireFinite, requirePositive } from './domain.ts';
import { logBeta, STIRLING_FROM, stirlingRest } from './log-gamma.ts';
import { logRatioRest } from './log-ratio-rest.ts';

const MAX_TERMS = 100_000;
const TINY = 1e-300;
const LOG_TWO_PI = 1.8378770664093456;

/**
 * The fraction K with I_x(a, b) = x^a y^b / B(a, b) · K, where y = 1 − x: the form of Didonato and Morris (1992, TOMS 708, BFRAC),
 * by the modified method of Lentz (1976). It takes y besides x, because for x near 1 all the digits are in y.
 * Converges fast for x < a/(a + b); use the symmetry I_x(a, b) = 1 − I_y(b, a) beyond.
 */
export function incompleteBetaFraction(x: number, y: number, a: number, b: number): number {
  // Both say a − (a + b)x; the smaller of x and y has the digits.
  const excess = x < y ? a - (a + b) * x : (a + b) * y - b;
  const beta = (n: number): number =>
    n + (n * (b - n) * x) / (a + 2 * n - 1) + ((a + n) * (excess + 1 + n * (1 + y))) / (a + 2 * n + 1);
  let value = notZero((a / (a + 1)) * (excess + 1));
  let c = value;
  let d = 0;
  for (let n = 1; n <= MAX_TERMS; n++) {
    const alpha = ((a + n - 1) * (a + b + n - 1) * n * (b - n) * x * x) / (a + 2 * n - 1) ** 2;
    d = 1 / notZero(beta(n) + alpha * d);
    c = notZero(beta(n) + alpha / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  return 1 / value;
}

function notZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Both parts of the regularised incomplete beta function, each with its own digits; a logarithm of 0 is null. */
export interface IncompleteBeta {
  /** I_x(a, b). */
  readonly lower: number;
  /** 1 − I_x(a, b). */
  readonly upper: number;
  readonly logLower: number | null;
  readonly logUpper: number | null;
}

/** For 0 ≤ x ≤ 1 and a, b > 0: the smaller part by the fraction, the other as its complement. @throws SluiceError `invalid` */
export function incompleteBeta(x: number, a: number, b: number): IncompleteBeta {
  requirePositive('a', a);
  requirePositive('b', b);
  requireFinite('x', x);
  if (x <= 0) return { lower: 0, upper: 1, logLower: null, logUpper: 0 };
  if (x >= 1) return { lower: 1, upper: 0, logLower: 0, logUpper: null };
  const y = 1 - x;
  const prefactor = logPrefactor(x, y, a, b);
  if (x <= a / (a + b)) {
    const logLower = prefactor + Math.log(incompleteBetaFraction(x, y, a, b));
    const lower = Math.exp(logLower);
    return { lower, upper: 1 - lower, logLower, logUpper: Math.log1p(-lower) };
  }
  const logUpper = prefactor + Math.log(incompleteBetaFraction(y, x, b, a));
  const upper = Math.exp(logUpper);
  return { lower: 1 - upper, upper, logLower: Math.log1p(-upper), logUpper };
}

/** ln of x^a y^b / B(a, b). For large a and b around the mode, or the powers would cancel (Didonato and Morris 1992, BRCOMP; Loader 2000). */
function logPrefactor(x: number, y: number, a: number, b: number): number {
  if (Math.min(a, b) < STIRLING_FROM) return a * Math.log(x) + b * Math.log(y) - logBeta(a, b);
  const sum = a + b;
  const rest = stirlingRest(a) + stirlingRest(b) - stirlingRest(sum);
  return (
    a * logRatioRest(sum * x, a) + b * logRatioRest(sum * y, b) + 0.5 * (Math.log(a / sum) + Math.log(b) - LOG_TWO_PI) - rest
  );
}
