import { requirePValues } from './domain.ts';

/** Bonferroni's correction (Dunn 1961): n p, at most 1. Holm's is never worse; this one is for intervals and thresholds that must be split. @throws SluiceError `invalid` */
export function bonferroni(pValues: readonly number[]): number[] {
  requirePValues(pValues);
  return pValues.map((p) => Math.min(1, p * pValues.length));
}
