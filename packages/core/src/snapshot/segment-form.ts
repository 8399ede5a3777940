/** A segment as it travels. */
import type { Segment } from '../segment/segment.ts';
import { encodeMemberSet, MAX_LISTED_MEMBERS, type MemberSetName } from './member-set.ts';

/** Above 10 000 members, it names their set and lists none. */
export interface SnapshotSegment extends Segment {
  readonly memberSet?: MemberSetName;
}

/** Makes a segment travel. A caller that sends the same segments often keeps the sets of those that it has met. */
export type SegmentForm = (segment: Segment) => SnapshotSegment;

/** `nameSet` is asked only for segments whose members travel as a set. */
export function segmentForm(segment: Segment, nameSet: (segment: Segment) => MemberSetName = nameOf): SnapshotSegment {
  if (segment.deletedAt !== null) return segment.members.length === 0 ? segment : { ...segment, members: [] };
  if (segment.members.length <= MAX_LISTED_MEMBERS) return segment;
  return { ...segment, members: [], memberSet: nameSet(segment) };
}

function nameOf({ members }: Segment): MemberSetName {
  const { id, count } = encodeMemberSet(members);
  return { id, count };
}
