/** The complementary error function, plain and scaled. */

/** Cody (1969, Mathematics of Computation 23, 631–637): rational Chebyshev approximations, relative error below 1e-16. */
const NEAR = {
  p: [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  q: [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
} as const;
const MIDDLE = {
  p: [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
    1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  q: [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
    3439.3676741437216, 1230.3393548037495,
  ],
} as const;
const FAR = {
  p: [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
    0.0006587491615298378,
  ],
  q: [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918],
} as const;
const NEAR_UNTIL = 0.46875;
const MIDDLE_UNTIL = 4;
const INVERSE_SQRT_PI = 0.5641895835477563;

/** erf(x) for |x| ≤ 0.46875, where its digits are. */
export function erfNearZero(x: number): number {
  return x * ratio(NEAR, x * x);
}

/** e^(x²) erfc(x) for x ≥ 0: has digits where erfc itself is 0. */
export function scaledErfc(x: number): number {
  if (x <= NEAR_UNTIL) return Math.exp(x * x) * (1 - erfNearZero(x));
  if (x <= MIDDLE_UNTIL) return ratio(MIDDLE, x);
  const inverse = 1 / (x * x);
  return (INVERSE_SQRT_PI - inverse * ratio(FAR, inverse)) / x;
}

/** p(x)/q(x), the highest power first. */
function ratio({ p, q }: { readonly p: readonly number[]; readonly q: readonly number[] }, x: number): number {
  return polynomial(p, x) / polynomial(q, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
