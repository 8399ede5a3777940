/** The flag record: a named choice between variants. What it means to a unit is in `evaluate`. */
import type { JsonValue } from '../json.ts';
import type { Scope } from '../scope.ts';
import type { Share } from '../share.ts';
import type { Condition } from './condition.ts';
import type { Prerequisite } from './prerequisite.ts';
import type { SlotRange } from './slots.ts';

/**
 * - `disabled`: kill switch; everybody gets the off variant, the share is kept for later
 * - `percentage`: units whose bucket lies below `share` are in
 * - `enabled`: every unit that the conditions let through is in
 * - `whitelist`: only units and groups enabled by name
 */
export const FLAG_STATUSES = ['disabled', 'percentage', 'enabled', 'whitelist'] as const;
export type FlagStatus = (typeof FLAG_STATUSES)[number];

/** A range of buckets and whose it is. The ranges of a split follow one another and sum to 100 000; a variant may have several. */
export interface VariantShare {
  readonly variant: string;
  readonly share: Share;
}

/** Asked in order before the allocation; the first whose condition holds answers. */
export type Rule = { readonly if: Condition; readonly variant: string } | { readonly if: Condition; readonly share: Share };

/** Who may move the share: null means by hand. */
export interface ShareOwner {
  readonly kind: 'rollout' | 'experiment';
  readonly key: string;
}

/** The part of a flag that a rollout or experiment moves, and that going back restores. */
export interface Allocation {
  readonly status: FlagStatus;
  readonly share: Share;
  readonly offVariant: string;
  readonly onVariant: string;
  /** How units that are in divide among variants, in order of buckets; empty means all get `onVariant`. */
  readonly split: readonly VariantShare[];
  /** Groups that a rollout's current stage lets in besides `enabledGroups`. */
  readonly stageGroups: readonly string[];
}

export interface Flag extends Allocation {
  readonly kind: 'flag';
  readonly scope: Scope;
  readonly key: string;
  /** Grows by one with every commit of this record; the first is 1. */
  readonly revision: number;
  readonly description: string;
  /** Whether its variants are the versions of a component; then the off variant is the stable one, and may be the on variant too. */
  readonly isComponent: boolean;
  readonly variants: Readonly<Record<string, JsonValue>>;
  readonly enabledUsers: readonly string[];
  readonly enabledGroups: readonly string[];
  readonly disabledUsers: readonly string[];
  readonly disabledGroups: readonly string[];
  readonly conditions: Condition;
  readonly rules: readonly Rule[];
  /** What other flags must serve a unit first; read it with `prerequisitesOf`. */
  readonly prerequisites?: readonly Prerequisite[];
  /** Attribute whose value is hashed instead of the unit's key; null is the unit's key. */
  readonly bucketBy: string | null;
  /** Two flags bucket alike only if they share a salt; the default is the key. */
  readonly salt: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  /** Milliseconds since 1970, or null. */
  readonly expiresAt: number | null;
  readonly shareOwner: ShareOwner | null;
  /** The range of a layer that a running test has: only units in it are in the flag at all, all of them as long as `share` is that of the range. */
  readonly slots?: SlotRange | null;
  /** What `restoreFlag` returns to; null unless the flag was killed. */
  readonly statusBeforeKill: FlagStatus | null;
  /** An archived key is a tombstone: it is never used again. */
  readonly archivedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const BOOLEAN_VARIANTS: Readonly<Record<string, JsonValue>> = Object.freeze({ off: false, on: true });

export function allocationOf(flag: Allocation): Allocation {
  const { status, share, offVariant, onVariant, split, stageGroups } = flag;
  return { status, share, offVariant, onVariant, split, stageGroups };
}

/** Whether it answers anything but off: it is there, not archived and not killed. */
export function isLive(flag: Flag | null | undefined): flag is Flag {
  return flag !== null && flag !== undefined && flag.archivedAt === null && flag.status !== 'disabled';
}

/** The share of eligible units that get a variant other than off, as the status has it now. */
export function servedShare(flag: Allocation): Share {
  if (flag.status === 'enabled') return 100_000;
  return flag.status === 'percentage' ? flag.share : 0;
}
