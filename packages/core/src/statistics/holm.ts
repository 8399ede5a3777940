/** Holm's step-down correction (Holm 1979): the chance of any false finding among several stays at alpha. */
import { requirePValues } from './domain.ts';

/** Adjusted p-values in the order given: max over j ≤ i of (n − j + 1) p_(j), at most 1. @throws SluiceError `invalid` */
export function holm(pValues: readonly number[]): number[] {
  requirePValues(pValues);
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}
