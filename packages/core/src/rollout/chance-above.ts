/** How likely a rate that is looked at all the time breaks a fixed bound although nothing is wrong. */

/** Paths rarer than this are left out; all of them together stay below what is shown. */
const NEGLIGIBLE = 1e-18;

/**
 * The chance that of independent requests, each failing at `rate` (0 to 1), more than the part `max` has failed after `least`
 * requests, or after any more up to `most`. Exact: the number of failures is a random walk that ends where it first breaks the bound
 * (Feller 1968, XIV, absorbing barriers), summed over all its paths; after `least` alone it is the binomial tail.
 */
export function chanceEverAbove(rate: number, max: number, least: number, most: number): number {
  /** Of each number of failures so far. */
  const chances = [1];
  let broken = 0;
  for (let n = 1; n <= most; n++) {
    addRequest(chances, rate);
    if (n < least) continue;
    const allowed = mostAllowed(max, n);
    while (chances.length > allowed + 1) broken += chances.pop() ?? 0;
    if (chances.length === 0) break;
  }
  return Math.min(1, broken);
}

function addRequest(chances: number[], rate: number): void {
  const beyond = (chances.at(-1) ?? 0) * rate;
  for (let failures = chances.length - 1; failures > 0; failures--)
    chances[failures] = (chances[failures] ?? 0) * (1 - rate) + (chances[failures - 1] ?? 0) * rate;
  chances[0] = (chances[0] ?? 0) * (1 - rate);
  if (beyond > NEGLIGIBLE) chances.push(beyond);
}

/** As the criterion compares: the quotient with the bound, in the same arithmetic. */
function mostAllowed(max: number, requests: number): number {
  let failures = Math.min(requests, Math.floor(max * requests) + 1);
  while (failures >= 0 && failures / requests > max) failures -= 1;
  return failures;
}

/** The least number of requests, up to `highest`, from which on that chance is at most `chance`; null when none is. More requests never raise it. */
export function leastRequests(
  rate: number,
  max: number,
  chance: number,
  [highest, most]: readonly [number, number],
): number | null {
  if (chanceEverAbove(rate, max, highest, most) > chance) return null;
  let [tooFew, enough] = [0, highest];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (chanceEverAbove(rate, max, middle, most) > chance) tooFew = middle;
    else enough = middle;
  }
  return enough;
}
