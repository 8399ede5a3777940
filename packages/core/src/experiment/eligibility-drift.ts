/** Whether who may be in a test changed while it ran, because a segment that its eligibility names did. */
import type { Condition } from '../flag/condition.ts';
import { jsonEqual } from '../json.ts';
import { segmentsNamedBy } from '../segment/references.ts';
import type { Segment, SegmentFinder } from '../segment/segment.ts';
import type { Experiment } from './experiment.ts';

/** The revisions of all segments that an eligibility leads to, those that segments name included. One that is not there has revision 0. */
export function segmentRevisions(eligibility: Condition, segments: SegmentFinder): Readonly<Record<string, number>> {
  const revisions = new Map<string, number>();
  const open = segmentsNamedBy(eligibility);
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (revisions.has(key)) continue;
    const segment = segments.get(key);
    revisions.set(key, segment?.revision ?? 0);
    open.push(...segmentsNamedBy(segment?.condition ?? null));
  }
  return Object.fromEntries(revisions);
}

/** Segments that were committed since the test began. What of them changed is in the log. */
export function segmentsSinceStart(experiment: Experiment, segments: SegmentFinder): readonly string[] {
  const then = experiment.segmentRevisions ?? {};
  return Object.keys(then).filter((key) => (segments.get(key)?.revision ?? 0) !== then[key]);
}

/** A segment as a commit left it. */
export interface SegmentVersion {
  readonly at: number;
  readonly actor: string;
  readonly segment: Segment;
}

/** `versions` are those of one segment, the oldest first. Null when whoever belonged at the start has belonged ever since, and nobody else. */
export function segmentChangeInWords(key: string, experiment: Experiment, versions: readonly SegmentVersion[]): string | null {
  const began = experiment.segmentRevisions?.[key] ?? 0;
  const changes = versions.filter(
    ({ at, segment }, index) =>
      segment.revision > began &&
      at <= (experiment.stoppedAt ?? Number.POSITIVE_INFINITY) &&
      !hasSameUnits(segment, versions[index - 1]?.segment),
  );
  const [first] = changes;
  if (first === undefined) return null;
  const times = changes.length === 1 ? 'once' : `${changes.length} times`;
  return (
    `the eligibility asks for the segment "${key}", of which who belongs changed ${times} while the test ran, from ` +
    `${new Date(first.at).toISOString()} on (${first.actor}): units from before and after are compared as one test; rebaseTest("${experiment.key}", …) begins anew`
  );
}

function hasSameUnits(segment: Segment, before: Segment | undefined): boolean {
  if (before === undefined) return false;
  const isThere = (segment.deletedAt === null) === (before.deletedAt === null);
  return isThere && jsonEqual(segment.condition, before.condition) && hasSameMembers(segment.members, before.members);
}

/** In whatever order they were named. */
function hasSameMembers(members: readonly string[], before: readonly string[]): boolean {
  if (members.length !== before.length) return false;
  const known = new Set(before);
  return members.every((member) => known.has(member));
}
