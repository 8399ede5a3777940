/**
 * The smallest p-value over all looks so far. An anytime-valid p may be replaced by its running minimum (Johari, Koomen, Pekelis, Walsh 2017):
 * it never rises, so what was found once stays found. That is no licence for p-values of one look.
 */

/** `before` is 1 at the start. A look at fewer than `minUnits` in an arm does not count. */
export function runningP(before: number, now: number, smallestArm: number, minUnits: number): number {
  return smallestArm >= minUnits && now < before ? now : before;
}
