/** The segment record: a named set of units for many flags to refer to. */
import type { Condition } from '../flag/condition.ts';
import type { Scope } from '../scope.ts';

export interface Segment {
  readonly kind: 'segment';
  readonly scope: Scope;
  readonly key: string;
  /** Grows by one with every commit of this record; the first is 1. */
  readonly revision: number;
  readonly description: string;
  /** Units for which it holds belong, besides the members; null is the members alone. */
  readonly condition: Condition | null;
  /** Keys of units that belong whatever the condition says. */
  readonly members: readonly string[];
  readonly tags: readonly string[];
  /** A deleted key may be used again: nothing referred to it when it was deleted. */
  readonly deletedAt: number | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The segments that are there, deleted ones left out. */
export interface SegmentFinder {
  get(key: string): Segment | undefined;
  values(): Iterable<Segment>;
}
