/**
 * What a flag is for a unit. Total: whatever it is asked with, it answers, without I/O and without throwing.
 *
 * The answer is one integer, so that a question allocates nothing: the low 16 bits are a slot (variant and reason; what
 * statistics count), the bits above say which step decided. Details are read out of it only by those who want them.
 */
import type { JsonValue } from '../json.ts';
import { mixHash } from './bucket.ts';
import { type CompiledFlag, type CompiledRule, EVERYBODY, type Threshold } from './compile.ts';
import { MAX_KEY_BYTES } from './flag-limits.ts';
import { hashText, type KeyHash, utf8Length } from './hash.ts';
import { isNamed } from './is-named.ts';
import { ownAttribute } from './match.ts';
import { prerequisitesHold } from './prerequisites-hold.ts';
import type { Unit } from './unit.ts';

/** The reasons and error codes are OpenFeature's. */
export const REASONS = ['DISABLED', 'TARGETING_MATCH', 'DEFAULT', 'SPLIT', 'STATIC', 'ERROR', 'ERROR', 'ERROR'] as const;
export type Reason = (typeof REASONS)[number];
export const SLOT_ERRORS = [null, null, null, null, null, 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'] as const;
export type EvaluationError = NonNullable<(typeof SLOT_ERRORS)[number]> | 'FLAG_NOT_FOUND' | 'TYPE_MISMATCH';

export const DISABLED = 0;
const TARGETING_MATCH = 1;
export const DEFAULT = 2;
export const SPLIT = 3;
export const STATIC = 4;
const KEY_MISSING = 5;
const KEY_INVALID = 6;
const THREW = 7;

/** Which step of the evaluation order decided. From `RULE` on, the number of the rule is added. */
export const STEP = {
  ERROR: 0,
  KILLED: 1,
  EXCLUDED: 2,
  NAMED: 3,
  CONDITIONS: 4,
  ALLOCATION: 5,
  PREREQUISITES: 6,
  RULE: 16,
} as const;

const REASON_BITS = 3;
const STEP_SHIFT = 16;
const SLOT_MASK = 0xffff;

export function outcomeOf(variant: number, reason: number, step: number): number {
  return (step << STEP_SHIFT) | ((variant + 1) << REASON_BITS) | reason;
}

const MISSING_KEY_OUTCOME = outcomeOf(-1, KEY_MISSING, STEP.ERROR);
const INVALID_KEY_OUTCOME = outcomeOf(-1, KEY_INVALID, STEP.ERROR);
export const THREW_OUTCOME = outcomeOf(-1, THREW, STEP.ERROR);
const UNDECIDED = -1;

/** The index of the variant served, or -1 when the caller's fallback is. */
export function variantIndexOf(outcome: number): number {
  return ((outcome & SLOT_MASK) >> REASON_BITS) - 1;
}

export function stepOf(outcome: number): number {
  return outcome >> STEP_SHIFT;
}

/** Whether the bucket decided, and not a list, a condition or a rule. */
export function isDrawn(outcome: number): boolean {
  return stepOf(outcome) === STEP.ALLOCATION && (outcome & 7) === SPLIT;
}

/** How many slots a flag with so many variants has. */
export function slotCount(variants: number): number {
  return (variants + 1) << REASON_BITS;
}

export function slotOf(outcome: number): number {
  return outcome & SLOT_MASK;
}

export function reasonOf(outcome: number): Reason {
  return REASONS[outcome & 7] ?? 'ERROR';
}

export function errorOf(outcome: number): EvaluationError | null {
  return SLOT_ERRORS[outcome & 7] ?? null;
}

/** More are searched by halves. */
export const FEW_RANGES = 8;
const NO_UNIT: Unit = Object.freeze({});

export function decide(compiled: CompiledFlag, unit: Unit | null | undefined): number {
  if (compiled.isKilled) return outcomeOf(compiled.off, DISABLED, STEP.KILLED);
  try {
    return decideLive(compiled, unit ?? NO_UNIT);
  } catch {
    // A getter or Proxy of the caller's threw: the caller's fallback is the only value that is surely meant.
    return THREW_OUTCOME;
  }
}

function decideLive(compiled: CompiledFlag, unit: Unit): number {
  const userId = unit.userId;
  if (userId !== undefined && userId !== null && !isUsableKey(userId)) return INVALID_KEY_OUTCOME;
  if (compiled.prerequisites !== null && !prerequisitesHold(compiled, unit, servedAlone))
    return outcomeOf(compiled.off, DEFAULT, STEP.PREREQUISITES);
  return decideAlone(compiled, unit, userId);
}

/** What a prerequisite that is live and whose own prerequisites hold serves. */
function servedAlone(compiled: CompiledFlag, unit: Unit): number {
  const userId = unit.userId;
  if (userId !== undefined && userId !== null && !isUsableKey(userId)) return -1;
  return variantIndexOf(decideAlone(compiled, unit, userId));
}

function decideAlone(compiled: CompiledFlag, unit: Unit, userId: string | number | undefined): number {
  if (compiled.hasLists) {
    const byName = decideByName(compiled, unit);
    if (byName !== UNDECIDED) return byName;
  }
  if (compiled.condition !== null && !compiled.condition(unit)) return outcomeOf(compiled.off, DEFAULT, STEP.CONDITIONS);
  if (compiled.rules !== null) {
    const byRule = decideByRule(compiled, compiled.rules, unit, userId);
    if (byRule !== UNDECIDED) return byRule;
  }
  return allocate(compiled, compiled.threshold, STEP.ALLOCATION, unit, userId);
}

/** Whether a unit may have this key: text of at most 1 KiB, or an integer that a double holds exactly. */
export function isUsableKey(key: unknown): key is string | number {
  if (typeof key === 'number') return Number.isSafeInteger(key);
  if (typeof key !== 'string') return false;
  return key.length * 3 <= MAX_KEY_BYTES || (key.length <= MAX_KEY_BYTES && utf8Length(key) <= MAX_KEY_BYTES);
}

function decideByName(compiled: CompiledFlag, unit: Unit): number {
  if (isNamed(unit, compiled.excludedUsers, compiled.excludedGroups, compiled.excludedSegments))
    return outcomeOf(compiled.off, TARGETING_MATCH, STEP.EXCLUDED);
  if (isNamed(unit, compiled.namedUsers, compiled.namedGroups, compiled.namedSegments))
    return outcomeOf(compiled.on, TARGETING_MATCH, STEP.NAMED);
  return UNDECIDED;
}

function decideByRule(
  compiled: CompiledFlag,
  rules: readonly CompiledRule[],
  unit: Unit,
  userId: string | number | undefined,
): number {
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index];
    if (rule === undefined || (rule.matches !== null && !rule.matches(unit))) continue;
    if ('variant' in rule) return outcomeOf(rule.variant, TARGETING_MATCH, STEP.RULE + index);
    return allocate(compiled, rule.threshold, STEP.RULE + index, unit, userId);
  }
  return UNDECIDED;
}

function allocate(
  compiled: CompiledFlag,
  threshold: Threshold,
  step: number,
  unit: Unit,
  userId: string | number | undefined,
): number {
  if (threshold === 0) return outcomeOf(compiled.off, STATIC, step);
  if (threshold === EVERYBODY && compiled.split === null) return outcomeOf(compiled.on, STATIC, step);
  const key = compiled.bucketBy === null ? userId : ownAttribute(unit, compiled.bucketBy);
  if (key === undefined || key === null || key === '') return MISSING_KEY_OUTCOME;
  if (compiled.bucketBy !== null && !isUsableKey(key)) return INVALID_KEY_OUTCOME;
  const { high, low } = hashOfKey(key as string | number);
  // Unsigned only inside the comparison: as a value it would become a heap object.
  if (mixHash(high, low, compiled.shareSaltHigh, compiled.shareSaltLow) >>> 0 >= threshold)
    return outcomeOf(compiled.off, SPLIT, step);
  return outcomeOf(compiled.split === null ? compiled.on : splitVariant(compiled, compiled.split, high, low), SPLIT, step);
}

function splitVariant(compiled: CompiledFlag, split: NonNullable<CompiledFlag['split']>, high: number, low: number): number {
  const mixed = mixHash(high, low, compiled.splitSaltHigh, compiled.splitSaltLow) >>> 0;
  let index = 0;
  if (split.length > FEW_RANGES)
    for (let end = split.length - 1; index < end; ) {
      const middle = (index + end) >>> 1;
      if (mixed < (split[middle]?.threshold ?? 0)) end = middle;
      else index = middle + 1;
    }
  for (; index < split.length; index++) {
    const part = split[index];
    if (part !== undefined && mixed < part.threshold) return part.variant;
  }
  return compiled.on;
}

/** What this flag assigns: the bucketing attribute's value where it has one, else the unit's key. Null when that is no usable key. */
export function unitKeyOf(compiled: CompiledFlag, unit: Unit | null | undefined): string | number | null {
  if (unit === undefined || unit === null) return null;
  const key = compiled.bucketBy === null ? unit.userId : ownAttribute(unit, compiled.bucketBy);
  return key !== undefined && key !== '' && isUsableKey(key) ? key : null;
}

let memoKey: string | number = '';
const memoHash: KeyHash = { high: 0, low: 0 };

/** The hash of a usable key, valid until the next call. One request asks for many flags of one unit, so the last key is remembered. */
export function hashOfKey(key: string | number): Readonly<KeyHash> {
  if (key !== memoKey) {
    hashText(typeof key === 'number' ? String(key) : key, memoHash);
    memoKey = key;
  }
  return memoHash;
}

/** An answer with its circumstances. `variant` and `revision` are null when the fallback was served. */
export interface Evaluation<T = JsonValue> {
  readonly value: T | JsonValue;
  readonly variant: string | null;
  readonly reason: Reason;
  readonly errorCode: EvaluationError | null;
  /** Index of the rule that decided, or null. */
  readonly rule: number | null;
  readonly revision: number | null;
}

/** `fallback` is the value where the flag cannot answer. */
export function evaluateCompiled<T>(compiled: CompiledFlag, unit: Unit | null | undefined, fallback: T): Evaluation<T> {
  return evaluationOf(compiled, decide(compiled, unit), fallback);
}

export function evaluationOf<T>(compiled: CompiledFlag, outcome: number, fallback: T): Evaluation<T> {
  const variant = variantIndexOf(outcome);
  const step = stepOf(outcome);
  return {
    value: variant < 0 ? fallback : (compiled.values[variant] ?? null),
    variant: compiled.variants[variant] ?? null,
    reason: reasonOf(outcome),
    errorCode: errorOf(outcome),
    rule: step >= STEP.RULE ? step - STEP.RULE : null,
    revision: variant < 0 ? null : compiled.flag.revision,
  };
}

/** The answer for a flag that does not exist. */
export function notFound<T>(fallback: T): Evaluation<T> {
  return { value: fallback, variant: null, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', rule: null, revision: null };
}
