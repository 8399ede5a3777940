/** The segments of a scope made ready to be asked. A segment that changes is compiled anew and nothing else is. */
import { SluiceError } from '../error.ts';
import { compileCondition, type Matcher, NO_SEGMENTS, type SegmentHolder, type SegmentLookup } from '../flag/match.ts';
import type { MemberSet } from '../snapshot/member-set.ts';
import type { SnapshotSegment } from '../snapshot/segment-form.ts';
import { nestingProblem } from './nesting.ts';
import { segmentsNamedBy } from './references.ts';
import type { Segment } from './segment.ts';

const never: Matcher = () => false;
const always: Matcher = () => true;

/** Finds the members of segments that only name them, by the set's id. */
export type MemberSetFinder = (id: string) => MemberSet | undefined;

type Members = Pick<ReadonlySet<string>, 'has'>;

interface Nesting {
  readonly named: readonly string[];
  readonly matches: Matcher;
}

export class SegmentMatchers implements SegmentLookup {
  readonly #holders = new Map<string, SegmentHolder>();
  /** Of segments that name others. */
  readonly #nesting = new Map<string, Nesting>();
  readonly #setOf: MemberSetFinder;

  constructor(setOf: MemberSetFinder = () => undefined) {
    this.#setOf = setOf;
  }

  holderOf(key: string): SegmentHolder {
    const found = this.#holders.get(key) ?? { isThere: false, matches: never };
    this.#holders.set(key, found);
    return found;
  }

  has(key: string): boolean {
    return this.#holders.get(key)?.isThere === true;
  }

  /**
   * Takes changed segments in. The keys of those that were not there before, or are not any more.
   * @throws SluiceError `unavailable`, and nothing is taken in, when one names a member set that is not loaded
   */
  apply(segments: readonly SnapshotSegment[]): ReadonlySet<string> {
    const sets = new Map(segments.map((segment) => [segment, this.#membersOf(segment)] as const));
    const flipped = new Set<string>();
    for (const segment of segments) {
      const isThere = segment.deletedAt === null;
      const holder = this.holderOf(segment.key);
      if (holder.isThere !== isThere) flipped.add(segment.key);
      holder.isThere = isThere;
      holder.matches = isThere ? matcherOf(segment, sets.get(segment) ?? null, this) : never;
      const named = isThere ? segmentsNamedBy(segment.condition) : [];
      if (named.length > 0) this.#nesting.set(segment.key, { named, matches: holder.matches });
      else this.#nesting.delete(segment.key);
    }
    if (segments.length > 0) this.#bound();
    return flipped;
  }

  /** Null when it has no members. */
  #membersOf({ key, members, memberSet, deletedAt }: SnapshotSegment): Members | null {
    if (deletedAt !== null) return null;
    if (memberSet === undefined) return members.length === 0 ? null : new Set(members);
    const set = this.#setOf(memberSet.id);
    if (set === undefined) throw new SluiceError('unavailable', `segment "${key}": its member set ${memberSet.id} is not loaded`);
    return set;
  }

  /** Two processes may each write half of a circle. Whoever asks it must come to an end: such segments match nobody. */
  #bound(): void {
    const namedBy = (key: string): readonly string[] => this.#nesting.get(key)?.named ?? [];
    for (const [key, { matches }] of this.#nesting)
      this.holderOf(key).matches = nestingProblem(key, namedBy) === null ? matches : never;
  }
}

function matcherOf({ condition }: Segment, named: Members | null, segments: SegmentLookup): Matcher {
  const holds = condition === null ? never : (compileCondition(condition, segments) ?? always);
  if (named === null) return holds;
  return (unit) => {
    const { userId } = unit;
    return (userId !== undefined && userId !== null && named.has(String(userId))) || holds(unit);
  };
}

/** Fixed segments, for decisions on records at hand. */
export function segmentLookup(segments: Iterable<Segment>): SegmentLookup {
  const living = [...segments].filter(({ deletedAt }) => deletedAt === null);
  if (living.length === 0) return NO_SEGMENTS;
  const matchers = new SegmentMatchers();
  matchers.apply(living);
  return matchers;
}
