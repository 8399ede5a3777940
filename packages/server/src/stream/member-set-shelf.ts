/** The member sets of one scope's large segments, as they are sent. */
import { encodeMemberSet, type MemberSetName, type Segment, type SnapshotSegment, segmentForm } from '@sluice/core';

/** Sets that no snapshot names any more are kept for clients that are still loading an earlier one; the oldest go first. */
const MAX_SUPERSEDED = 8;

export class MemberSetShelf {
  readonly #names = new WeakMap<Segment, MemberSetName>();
  readonly #bytes = new Map<string, Buffer>();
  #superseded: string[] = [];

  /** The segment as it travels. Its set is made once. */
  form(segment: Segment): SnapshotSegment {
    return segmentForm(segment, (large) => {
      const known = this.#names.get(large);
      if (known !== undefined && this.#bytes.has(known.id)) return known;
      const { id, count, bytes } = encodeMemberSet(large.members);
      this.#names.set(large, { id, count });
      this.#bytes.set(id, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      return { id, count };
    });
  }

  get(id: string): Buffer | undefined {
    return this.#bytes.get(id);
  }

  /** Lets go of what none of these names, but for the last few. */
  keep(names: readonly MemberSetName[]): void {
    const needed = new Set(names.map(({ id }) => id));
    const earlier = this.#superseded.filter((id) => !needed.has(id));
    const newly = [...this.#bytes.keys()].filter((id) => !needed.has(id) && !earlier.includes(id));
    this.#superseded = [...earlier, ...newly];
    for (const id of this.#superseded.splice(0, this.#superseded.length - MAX_SUPERSEDED)) this.#bytes.delete(id);
  }
}
