/** What a commit changes of a snapshot. */
import { SluiceError } from '../error.ts';
import type { Flag } from '../flag/flag.ts';
import type { SluiceRecord } from '../record.ts';
import { type Scope, sameScope } from '../scope.ts';
import { type AskedDimensions, askedIn, askedMember } from './asked-dimensions.ts';
import { type SegmentForm, type SnapshotSegment, segmentForm } from './segment-form.ts';
import { byKey, type Snapshot } from './snapshot.ts';

/** Whole records, archived flags and deleted segments among them. */
export interface Delta {
  /** The place in the log of this commit. */
  readonly seq: number;
  /** The commit before it that changed this scope's flags, segments or tests, or any later place: nothing lies between. */
  readonly after: number;
  readonly scope: Scope;
  readonly flags: readonly Flag[];
  readonly segments: readonly SnapshotSegment[];
  /** Of each test in the commit, in place of what its flag's asked for before; absent without a test. */
  readonly dimensions?: AskedDimensions;
}

/**
 * What a commit is to whoever evaluates this scope; null when it changes none of its flags, segments and tests. `after` is the place up to
 * which everything was told already.
 */
export function deltaOf(
  scope: Scope,
  { seq, records }: { readonly seq: number; readonly records: readonly SluiceRecord[] },
  after: number,
  form: SegmentForm = (segment) => segmentForm(segment),
): Delta | null {
  const ours = records.filter((record) => sameScope(record.scope, scope));
  const flags = ours.filter((record) => record.kind === 'flag').toSorted(byKey);
  const segments = ours.filter((record) => record.kind === 'segment').toSorted(byKey);
  const dimensions = askedIn(ours);
  const hasTests = Object.keys(dimensions).length > 0;
  if (flags.length === 0 && segments.length === 0 && !hasTests) return null;
  return { seq, after, scope, flags, segments: segments.map((segment) => form(segment)), ...(hasTests ? { dimensions } : {}) };
}

/**
 * The snapshot with this commit in it. A delta that it has already changes nothing; null means that one is missing between the two,
 * and only a new snapshot helps. Costs what the snapshot holds in copied references, and compares only what changed.
 *
 * @throws SluiceError `invalid` for a delta of another scope
 */
export function applyDelta(snapshot: Snapshot, delta: Delta): Snapshot | null {
  if (!sameScope(snapshot.scope, delta.scope)) {
    const [ours, theirs] = [snapshot.scope, delta.scope].map(({ project, environment }) => `${project}/${environment}`);
    throw new SluiceError('invalid', `/scope must be ${ours}, as the snapshot's is; it is ${theirs}`);
  }
  if (delta.seq <= snapshot.seq) return snapshot;
  if (delta.after > snapshot.seq) return null;
  const { dimensions, ...before } = snapshot;
  return {
    ...before,
    ...askedMember({ ...dimensions, ...delta.dimensions }),
    seq: delta.seq,
    flags: merged(snapshot.flags, delta.flags, ({ archivedAt }) => archivedAt === null),
    segments: merged(snapshot.segments, delta.segments, ({ deletedAt }) => deletedAt === null),
  };
}

function merged<T extends { readonly key: string }>(
  kept: readonly T[],
  changed: readonly T[],
  isThere: (record: T) => boolean,
): readonly T[] {
  if (changed.length === 0) return kept;
  const result: T[] = [];
  let next = 0;
  for (const record of changed.toSorted(byKey)) {
    for (let before = kept[next]; before !== undefined && before.key < record.key; before = kept[next]) {
      result.push(before);
      next += 1;
    }
    if (kept[next]?.key === record.key) next += 1;
    if (isThere(record)) result.push(record);
  }
  return result.concat(kept.slice(next));
}
