/**
 * The exact test of rare events on a canary: which part of all errors fell on it. If it is no worse, each error falls on it with its share of the
 * traffic, so given how many there were, its number is binomial, whatever the base rate; a beta prior above that share makes an e-value of the number
 * (Lindon, Malek 2022, arXiv 2011.03567, with the prior truncated to one side). No approximation, at any number of events, at every look.
 *
 * It holds where requests (or units) fall on the canary independently with that share. Errors that come together, as of one user who tries again, are fewer
 * than they seem: count units with an error, or tolerate a ratio above 1.
 */
import { type Answer, finiteAnswer, pOfLogE } from './answer.ts';
import { requireCount, requirePositive, requireProbability } from './domain.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { logGammaStep } from './log-gamma.ts';

/** How near to the share the prior expects the truth. */
export const EVENT_CONCENTRATION = 20;

export interface EventCounts {
  readonly canaryEvents: number;
  readonly baselineEvents: number;
  /** The canary's part of the traffic by assignment, above 0 and below 1. */
  readonly canaryShare: number;
}

export interface EventTest {
  /** ln of the evidence that the canary is worse. Roll back from ln(1/alpha) on. */
  readonly logE: number;
  readonly p: number;
  /** ln of the evidence that it differs at all. */
  readonly logETwoSided: number;
  readonly pTwoSided: number;
}

/**
 * `toleratedRatio`: how many times the baseline's rate the canary may have without being called worse, above 0: below 1, to ask whether it is shown to be better. Refused with
 * `out-of-range`. @throws SluiceError `invalid`
 */
export function eventTest(
  { canaryEvents, baselineEvents, canaryShare }: EventCounts,
  { toleratedRatio = 1, concentration = EVENT_CONCENTRATION } = {},
): Answer<EventTest> {
  requireCount('canaryEvents', canaryEvents);
  requireCount('baselineEvents', baselineEvents);
  requirePositive('concentration', concentration);
  const share = toleratedShare(canaryShare, toleratedRatio);
  const [a, b] = [concentration * share, concentration * (1 - share)];
  const [x, y] = [canaryEvents, baselineEvents];
  const logBetas = logGammaStep(a, x) + logGammaStep(b, y) - logGammaStep(a + b, x + y);
  const logETwoSided = logBetas - x * Math.log(share) - y * Math.log1p(-share);
  const [after, before] = [incompleteBeta(share, a + x, b + y), incompleteBeta(share, a, b)];
  // The posterior above the share over the prior above it.
  const logE = logETwoSided + (after.logUpper ?? 0) - (before.logUpper ?? 0);
  return finiteAnswer({ logE, p: pOfLogE(logE), logETwoSided, pTwoSided: pOfLogE(logETwoSided) });
}

/** The part of all errors that falls on a canary of `share` whose rate is `ratio` times the baseline's: r θ / (r θ + 1 − θ). @throws SluiceError `invalid` */
export function toleratedShare(share: number, ratio: number): number {
  requireProbability('canaryShare', share);
  requirePositive('toleratedRatio', ratio);
  return (ratio * share) / (ratio * share + 1 - share);
}
