/** The segments of one scope in memory. */
import { type Segment, type SegmentFinder, type SegmentHolder, type SegmentLookup, SegmentMatchers } from '@sluice/core';

/** Finds those that are there, deleted ones left out, and what asks a unit of them. */
export class SegmentView implements SegmentFinder, SegmentLookup {
  readonly #records = new Map<string, Segment>();
  readonly #matchers = new SegmentMatchers();

  get(key: string): Segment | undefined {
    const segment = this.#records.get(key);
    return segment === undefined || segment.deletedAt !== null ? undefined : segment;
  }

  /** The record under this key, also when it is a deleted one. */
  kept(key: string): Segment | undefined {
    return this.#records.get(key);
  }

  values(): Segment[] {
    return this.all().filter((segment) => segment.deletedAt === null);
  }

  /** Deleted ones too. */
  all(): Segment[] {
    return [...this.#records.values()];
  }

  holderOf(key: string): SegmentHolder {
    return this.#matchers.holderOf(key);
  }

  has(key: string): boolean {
    return this.#matchers.has(key);
  }

  /** The keys of those that were not there before, or are not any more: flags with groups of that name have to be compiled anew. */
  apply(segments: readonly Segment[]): ReadonlySet<string> {
    for (const segment of segments) this.#records.set(segment.key, segment);
    return this.#matchers.apply(segments);
  }
}
