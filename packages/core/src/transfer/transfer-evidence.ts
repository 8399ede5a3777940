/** How the evidence of a rollout grew, as a document has it: date-times instead of milliseconds. */
import { isJsonObject, type JsonObject } from '../json.ts';
import { type EvidenceTrail, MAX_EVIDENCE_POINTS } from '../rollout/evidence-trail.ts';
import { finite, instant, listOf, numberFrom, objectOf, type Shape } from './shape.ts';

/** Of each criterion one number. */
const byCriterion: Shape = (value, path) =>
  objectOf(Object.fromEntries((isJsonObject(value) ? Object.keys(value) : []).map((name) => [name, finite])))(value, path);
const trail = objectOf({ everyMs: numberFrom(1), points: listOf(objectOf({ at: instant, logE: byCriterion })) });

export const EVIDENCE: Shape = (value, path) => {
  const issues = trail(value, path);
  if (issues.length > 0) return issues;
  const { length } = (value as { readonly points: readonly unknown[] }).points;
  const problem = `must have at most ${MAX_EVIDENCE_POINTS} points; it has ${length}`;
  return length > MAX_EVIDENCE_POINTS ? [{ path: `${path}/points`, message: problem }] : [];
};

/** Nothing of a rollout that compared nothing. */
export function formatEvidence(evidence: EvidenceTrail | undefined): { readonly evidence?: JsonObject } {
  if (evidence === undefined) return {};
  const points = evidence.points.map(({ at, logE }) => ({ at: new Date(at).toISOString(), logE: { ...logE } }));
  return { evidence: { everyMs: evidence.everyMs, points } };
}

/** Of what `EVIDENCE` found no fault with. */
export function evidenceOf(entry: unknown): { readonly evidence?: EvidenceTrail } {
  if (entry === undefined) return {};
  const { everyMs, points } = entry as {
    readonly everyMs: number;
    readonly points: readonly { readonly at: string; readonly logE: Readonly<Record<string, number>> }[];
  };
  return { evidence: { everyMs, points: points.map(({ at, logE }) => ({ at: Date.parse(at), logE })) } };
}
