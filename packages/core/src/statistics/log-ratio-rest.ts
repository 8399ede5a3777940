/** ln(x/y) − (x − y)/y, whose digits a subtraction would lose where x is near y. */

/** For x, y > 0. Near 1 by the series ln(1+u) = 2(r + r³/3 + r⁵/5 + …) with r = u/(2 + u) (Abramowitz and Stegun 4.1.27). */
export function logRatioRest(x: number, y: number): number {
  const u = (x - y) / y;
  if (Math.abs(u) > 0.3) return Math.log(x / y) - u;
  const r = u / (2 + u);
  const squared = r * r;
  let sum = 0;
  for (let k = 27; k >= 3; k -= 2) sum = squared * (1 / k + sum);
  // 2r − u = −u r.
  return 2 * r * sum - u * r;
}
