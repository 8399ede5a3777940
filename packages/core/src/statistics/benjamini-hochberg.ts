/** Benjamini and Hochberg's step-up correction (1995): of what is called a finding, the expected part that is false stays at alpha. */
import { requirePValues } from './domain.ts';

/** Adjusted p-values in the order given: min over j ≥ i of n p_(j) / j, at most 1. @throws SluiceError `invalid` */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  requirePValues(pValues);
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let smallest = 1;
  for (const [fromTop, { p, index }] of order.entries()) {
    const rank = pValues.length - fromTop;
    smallest = Math.min(smallest, (pValues.length * p) / rank);
    adjusted[index] = smallest;
  }
  return adjusted;
}
