/** Segments made of what a test cares about. */
import type { Condition } from '../flag/condition.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import type { Segment, SegmentFinder } from './segment.ts';

export function segmentOf(key: string, condition: Condition | null, members: readonly string[] = []): Segment {
  const meta = { description: '', tags: [], deletedAt: null, createdAt: 0, updatedAt: 0 };
  return { kind: 'segment', scope: DEFAULT_SCOPE, key, revision: 1, condition, members, ...meta };
}

export function finderOf(...segments: readonly Segment[]): SegmentFinder {
  return new Map(segments.map((segment) => [segment.key, segment]));
}
