/** How the evidence of a rollout's comparisons grew, thinned out so that it stays small however long the rollout lasts. */
import type { Verdict } from '../analysis/criterion.ts';

export interface EvidencePoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** By criterion: ln of the evidence that the change is worse than tolerated. */
  readonly logE: Readonly<Record<string, number>>;
}

export interface EvidenceTrail {
  /** Looks nearer to the last point than this add none; it doubles when there are too many points. */
  readonly everyMs: number;
  readonly points: readonly EvidencePoint[];
}

export const MAX_EVIDENCE_POINTS = 100;
const FIRST_EVERY_MS = 1_000;

/** With what this look found; unchanged where it compared nothing or is soon after the last. */
export function noted(trail: EvidenceTrail | undefined, verdicts: readonly Verdict[], now: number): EvidenceTrail | undefined {
  const found = verdicts.filter(({ logE }) => logE !== undefined);
  if (found.length === 0) return trail;
  const { everyMs, points } = trail ?? { everyMs: FIRST_EVERY_MS, points: [] };
  const last = points.at(-1);
  // A clock that was set back starts no second line through what is noted already.
  if (last !== undefined && now - last.at < everyMs) return trail;
  const logE = Object.fromEntries(found.map((verdict) => [verdict.criterion, verdict.logE ?? 0]));
  const all = [...points, { at: now, logE }];
  if (all.length <= MAX_EVIDENCE_POINTS) return { everyMs, points: all };
  return { everyMs: everyMs * 2, points: all.filter((_, index) => index % 2 === 0) };
}
