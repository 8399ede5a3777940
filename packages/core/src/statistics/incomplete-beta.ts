/** The continued fraction of the regularised incomplete beta function. */
const MAX_TERMS = 100_000;
const TINY = 1e-300;

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
