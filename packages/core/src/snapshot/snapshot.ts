/** What an SDK needs to evaluate a scope's flags by itself: the definitions as they are at a place in the log. */
import type { Flag } from '../flag/flag.ts';
import { hashDigits, hashText } from '../flag/hash.ts';
import type { SluiceRecord } from '../record.ts';
import { type Emergency, type EmergencyAct, withEmergencies } from '../rollback/emergency.ts';
import { type Scope, sameScope } from '../scope.ts';
import { type AskedDimensions, askedIn, askedMember } from './asked-dimensions.ts';
import type { MemberSetName } from './member-set.ts';
import { type SegmentForm, type SnapshotSegment, segmentForm } from './segment-form.ts';

/** A kill or targeted rollback that is served although the store does not have it. */
export type StandingEmergency = Pick<Emergency, 'id' | 'key' | 'act'>;

/** Flags and segments are in order of their keys; archived and deleted ones are left out. */
export interface Snapshot {
  /** The place in the log: every commit up to it is in, none after it. */
  readonly seq: number;
  readonly scope: Scope;
  readonly flags: readonly Flag[];
  readonly segments: readonly SnapshotSegment[];
  /** All that stand; they are no commits, so a place in the log says nothing of them. */
  readonly emergencies: readonly StandingEmergency[];
  /** Absent where no running test breaks its results down. */
  readonly dimensions?: AskedDimensions;
}

/** `records` may be of many scopes and kinds. */
export function snapshotOf(
  scope: Scope,
  { seq, records }: { readonly seq: number; readonly records: readonly SluiceRecord[] },
  form: SegmentForm = (segment) => segmentForm(segment),
): Snapshot {
  const ours = records.filter((record) => sameScope(record.scope, scope));
  const flags = ours.filter((record) => record.kind === 'flag').filter(({ archivedAt }) => archivedAt === null);
  const segments = ours.filter((record) => record.kind === 'segment').filter(({ deletedAt }) => deletedAt === null);
  return {
    seq,
    scope,
    flags: flags.toSorted(byKey),
    segments: segments.map((segment) => form(segment)).toSorted(byKey),
    emergencies: [],
    ...askedMember(askedIn(ours)),
  };
}

export function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/**
 * Says in one short text which definitions these are: the same text means the same flags, segments and emergencies. Fit for an ETag.
 * Two processes may name the same definitions differently, never different ones alike.
 */
export function snapshotFingerprint({ scope, seq, emergencies }: Pick<Snapshot, 'scope' | 'seq' | 'emergencies'>): string {
  const parts = [digest([scope.project, scope.environment]), String(seq)];
  if (emergencies.length > 0) parts.push(digest(emergencies));
  return parts.join('.');
}

function digest(value: unknown): string {
  return hashDigits(hashText(JSON.stringify(value), { high: 0, low: 0 }));
}

/** The flags as they are to be served: what stands in an emergency over what is kept. */
export function servedFlags({ flags, emergencies }: Pick<Snapshot, 'flags' | 'emergencies'>): readonly Flag[] {
  if (emergencies.length === 0) return flags;
  const acts = new Map<string, EmergencyAct[]>();
  for (const { key, act } of emergencies) acts.set(key, [...(acts.get(key) ?? []), act]);
  return flags.map((flag) => {
    const standing = acts.get(flag.key);
    return standing === undefined ? flag : withEmergencies(flag, standing);
  });
}

/** The sets that must be there before these segments can be asked, each once. */
export function memberSetsOf(segments: readonly SnapshotSegment[]): readonly MemberSetName[] {
  const sets = new Map<string, MemberSetName>();
  for (const { memberSet } of segments) if (memberSet !== undefined) sets.set(memberSet.id, memberSet);
  return [...sets.values()];
}
