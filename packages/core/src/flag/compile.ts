/** A flag made ready to be asked. Compiled when the flag changes, never when it is evaluated. */
import type { JsonValue } from '../json.ts';
import { saltHash, thresholdOf } from './bucket.ts';
import { newFlag } from './edit.ts';
import { BOOLEAN_VARIANTS, type Flag, type Rule, servedShare } from './flag.ts';
import type { KeyHash } from './hash.ts';
import {
  type ConditionCompiler,
  compileCondition,
  type Matcher,
  NO_SEGMENTS,
  type SegmentHolder,
  type SegmentLookup,
} from './match.ts';
import { prerequisitesOf } from './prerequisite.ts';
import { bothHold, slotMatcher } from './slots.ts';

/** Who is in by bucket: hashes below the threshold. 0 lets nobody in and `EVERYBODY` everybody, without a key being needed. */
export type Threshold = number;
export const EVERYBODY: Threshold = 2 ** 32;

export type CompiledRule = { readonly matches: Matcher | null } & (
  | { readonly variant: number }
  | { readonly threshold: Threshold }
);

/** Where a flag stands that others need: it follows the flag, so that a change of it costs nothing in those. */
export interface FlagHolder {
  /** Null while there is no such flag. */
  compiled: CompiledFlag | null;
}

export interface CompiledPrerequisite {
  readonly key: string;
  readonly holder: FlagHolder;
  readonly variants: ReadonlySet<string>;
}

/** Variants are indices into `variants`; everything a question needs is resolved to numbers, sets and functions. */
export interface CompiledFlag {
  readonly flag: Flag;
  readonly isKilled: boolean;
  /** Whether one process alone serves it so: then its answers are nobody else's. */
  readonly isOverridden: boolean;
  readonly variants: readonly string[];
  readonly values: readonly JsonValue[];
  readonly off: number;
  readonly on: number;
  readonly excludedUsers: ReadonlySet<string> | null;
  readonly excludedGroups: ReadonlySet<string> | null;
  readonly namedUsers: ReadonlySet<string> | null;
  readonly namedGroups: ReadonlySet<string> | null;
  /** Those of the groups that are segments. */
  readonly excludedSegments: readonly SegmentHolder[] | null;
  readonly namedSegments: readonly SegmentHolder[] | null;
  /** Whether any of the four lists has an entry. */
  readonly hasLists: boolean;
  readonly prerequisites: readonly CompiledPrerequisite[] | null;
  readonly condition: Matcher | null;
  readonly rules: readonly CompiledRule[] | null;
  readonly threshold: Threshold;
  /** Salts as plain numbers: one object less to reach for on the hot path. */
  readonly shareSaltHigh: number;
  readonly shareSaltLow: number;
  /** Zero without a split. */
  readonly splitSaltHigh: number;
  readonly splitSaltLow: number;
  /** Variant indices with the first hash beyond each one's part; null when every unit that is in gets `on`. */
  readonly split: readonly { readonly variant: number; readonly threshold: number }[] | null;
  readonly bucketBy: string | null;
}

/** Variants that flags have in common, kept once. */
const BOOLEAN_NAMES: readonly string[] = Object.keys(BOOLEAN_VARIANTS);
const BOOLEAN_VALUES: readonly JsonValue[] = Object.values(BOOLEAN_VARIANTS);
const NO_SALT: KeyHash = { high: 0, low: 0 };
const NO_FLAG: FlagHolder = Object.freeze({ compiled: null });

/**
 * The flag must have been accepted by `parse` or `edit`: its variants exist and its conditions are well-formed. Flags compiled
 * with the same `sharedConditions` share the matchers of equal ones; `holderOf` is where other flags, its prerequisites, are found. A flag
 * that names a group is compiled anew when a segment of that name comes or goes.
 */
export function compileFlag(
  flag: Flag,
  conditions: ConditionCompiler = (condition) => compileCondition(condition, segments),
  holderOf: (key: string) => FlagHolder = () => NO_FLAG,
  segments: SegmentLookup = NO_SEGMENTS,
): CompiledFlag {
  const isBoolean = flag.variants === BOOLEAN_VARIANTS;
  const variants = isBoolean ? BOOLEAN_NAMES : Object.keys(flag.variants);
  const excludedUsers = setOf(flag.disabledUsers);
  const excludedGroups = setOf(flag.disabledGroups);
  const namedUsers = setOf(flag.enabledUsers);
  const letIn = flag.stageGroups.length === 0 ? flag.enabledGroups : [...flag.enabledGroups, ...flag.stageGroups];
  const namedGroups = setOf(letIn);
  const shareSalt = saltHash('share', flag.salt);
  const splitSalt = flag.split.length === 0 ? NO_SALT : saltHash('split', flag.salt);
  return {
    flag,
    isOverridden: false,
    isKilled: flag.status === 'disabled' || flag.archivedAt !== null,
    variants,
    values: isBoolean ? BOOLEAN_VALUES : Object.values(flag.variants),
    off: variants.indexOf(flag.offVariant),
    on: variants.indexOf(flag.onVariant),
    excludedUsers,
    excludedGroups,
    namedUsers,
    namedGroups,
    excludedSegments: segmentsOf(flag.disabledGroups, segments),
    namedSegments: segmentsOf(letIn, segments),
    hasLists: excludedUsers !== null || excludedGroups !== null || namedUsers !== null || namedGroups !== null,
    prerequisites: compilePrerequisites(flag, holderOf),
    condition: compileWho(flag, conditions),
    rules: flag.rules.length === 0 ? null : flag.rules.map((rule) => compileRule(rule, variants, conditions)),
    threshold: flag.slots == null || servedShare(flag) === 0 ? thresholdOf(servedShare(flag)) : EVERYBODY,
    shareSaltHigh: shareSalt.high,
    shareSaltLow: shareSalt.low,
    splitSaltHigh: splitSalt.high,
    splitSaltLow: splitSalt.low,
    split: compileSplit(flag, variants),
    bucketBy: flag.bucketBy,
  };
}

/** In place of a flag that cannot be compiled, as a store may have it that was tampered with: whoever asks gets the fallback, reason `ERROR`. */
export function unreadableFlag({ key, scope }: Flag): CompiledFlag {
  const condition: Matcher = () => {
    throw new Error(`flag "${key}" cannot be compiled`);
  };
  return { ...compileFlag(newFlag(key, scope, 0)), isKilled: false, condition };
}

function setOf(members: readonly string[]): ReadonlySet<string> | null {
  return members.length === 0 ? null : new Set(members);
}

/** Whom the flag is for: the slots come first, because they are the cheaper question. */
function compileWho(flag: Flag, conditions: ConditionCompiler): Matcher | null {
  const condition = conditions(flag.conditions);
  return flag.slots == null ? condition : bothHold(slotMatcher(flag.slots, servedShare(flag), flag.bucketBy), condition);
}

function segmentsOf(groups: readonly string[], segments: SegmentLookup): readonly SegmentHolder[] | null {
  if (groups.length === 0) return null;
  const found = groups.filter((group) => segments.has(group)).map((group) => segments.holderOf(group));
  return found.length === 0 ? null : found;
}

function compilePrerequisites(flag: Flag, holderOf: (key: string) => FlagHolder): CompiledFlag['prerequisites'] {
  const prerequisites = prerequisitesOf(flag);
  if (prerequisites.length === 0) return null;
  return prerequisites.map(({ flag: key, variants }) => ({ key, holder: holderOf(key), variants: new Set(variants) }));
}

function compileRule(rule: Rule, variants: readonly string[], conditions: ConditionCompiler): CompiledRule {
  const matches = conditions(rule.if);
  return 'variant' in rule
    ? { matches, variant: variants.indexOf(rule.variant) }
    : { matches, threshold: thresholdOf(rule.share) };
}

function compileSplit(flag: Flag, variants: readonly string[]): CompiledFlag['split'] {
  if (flag.split.length === 0) return null;
  let upTo = 0;
  return flag.split.map((part) => {
    upTo += part.share;
    return { variant: variants.indexOf(part.variant), threshold: thresholdOf(upTo) };
  });
}
