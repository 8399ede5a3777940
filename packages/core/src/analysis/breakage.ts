/**
 * Total breakage: every request since a stage began has failed, and fewer were made than a criterion waits for.
 *
 * Exact binomial test (Clopper, Pearson 1934): of n independent requests that fail at a rate p, all fail with probability p^n, which grows
 * with p; so under any rate that the criterion tolerates it is at most max^n. The first n failing is one event, whose probability only falls
 * as n grows: looking at every request keeps the level, and no correction is needed. It is no longer one event once the window has slid past
 * the beginning, for then there are many first requests; nothing is said there.
 */
import type { Criterion, Measurement } from './criterion.ts';

/** Of a level this low, requests that fail together (one user who tries again) must be many before they deceive. */
const LEVEL = 1e-6;
/** However strict the bound is. */
const LEAST_REQUESTS = 5;

type Value = Extract<Measurement, { kind: 'value' }>;

/** The largest probability of what was measured under a tolerated rate when it is total breakage, else null. `isWholeStage`: nothing of the stage is left out. */
export function totalBreakage({ metric, max }: Criterion, { value, samples }: Value, isWholeStage: boolean): number | null {
  if (metric !== 'errorRate' || max === null || !isWholeStage || !(value >= 1) || !(samples >= LEAST_REQUESTS)) return null;
  const chance = Math.max(0, max) ** samples;
  return chance <= LEVEL ? chance : null;
}
