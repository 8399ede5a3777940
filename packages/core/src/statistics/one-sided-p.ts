/**
 * The p-value that belongs to the one-sided bound of the confidence sequence (arXiv 2103.06476, eq. 134, solved for alpha): the smallest level at
 * which a value of 0 lies outside. Valid at every look.
 */
import { mixtureRho, type SequenceTuning } from './confidence-sequence.ts';

/** `z`: by how many standard errors the estimate lies on the side that is looked for; 1 for z ≤ 0. */
export function oneSidedP(z: number, total: number, tuning: SequenceTuning): number {
  return Math.exp(oneSidedLogP(z, total, tuning));
}

/** ln of it, which does not underflow; 0 at the most. */
export function oneSidedLogP(z: number, total: number, tuning: SequenceTuning): number {
  const q = total * mixtureRho(tuning) ** 2;
  const exponent = (z * z * q) / (2 * (1 + q));
  if (!(z > 0)) return 0;
  // ln(e^x − 1) = x + ln(1 − e^−x), which does not overflow.
  return Math.min(0, Math.log1p(q) / 2 - Math.LN2 - exponent - Math.log(-Math.expm1(-exponent)));
}
