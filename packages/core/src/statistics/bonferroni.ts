/** Bonferroni's correction (Dunn 1961): n p, at most 1. Holm's is never worse; this one is for intervals and thresholds that must be split. */
export function bonferroni(pValues: readonly number[]): number[] {
  return pValues.map((p) => Math.min(1, p * pValues.length));
}
