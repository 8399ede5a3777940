/** Compiles a condition into one function. Compiling happens when a flag changes, so that asking costs only the comparisons. */
import { isJsonObject } from '../json.ts';
import { networksTest } from './address-operator.ts';
import { type Condition, IN_SEGMENT, type Operators, type Scalar } from './condition.ts';
import { instantTest } from './instant-operators.ts';
import type { ValueTest } from './operator.ts';
import { patternTest } from './pattern-operator.ts';
import type { Unit } from './unit.ts';
import { rangeTest, versionTest } from './version-operators.ts';

export type Matcher = (unit: Unit) => boolean;

/** Where a segment stands that conditions and flags name: it follows the segment, so that a change of it costs nothing in those. */
export interface SegmentHolder {
  isThere: boolean;
  /** Nobody while there is no such segment. */
  matches: Matcher;
}

export interface SegmentLookup {
  holderOf(key: string): SegmentHolder;
  has(key: string): boolean;
}

const NO_SEGMENT: SegmentHolder = Object.freeze({ isThere: false, matches: () => false });
export const NO_SEGMENTS: SegmentLookup = Object.freeze({ holderOf: () => NO_SEGMENT, has: () => false });

/** Null when the condition always holds. The condition must have been accepted by `parseCondition`. */
export function compileCondition(condition: Condition, segments: SegmentLookup = NO_SEGMENTS): Matcher | null {
  const matchers = Object.entries(condition).flatMap(([name, operand]) => compileEntry(name, operand, segments) ?? []);
  return matchers.length === 0 ? null : allOf(matchers);
}

export type ConditionCompiler = (condition: Condition) => Matcher | null;

/** Beyond it, what was remembered is forgotten: conditions come and go with their flags. */
const MAX_REMEMBERED = 1_000;

/** Compiles equal conditions once, so that flags with the same conditions share one matcher. */
export function sharedConditions(segments: SegmentLookup = NO_SEGMENTS): ConditionCompiler {
  const known = new Map<string, Matcher | null>();
  return (condition) => {
    const text = JSON.stringify(condition);
    const matcher = known.get(text);
    if (matcher !== undefined) return matcher;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const compiled = compileCondition(condition, segments);
    known.set(text, compiled);
    return compiled;
  };
}

function compileEntry(name: string, operand: unknown, segments: SegmentLookup): Matcher | null {
  if (name === 'all') return allOf(compileList(operand, segments));
  if (name === 'any') return anyOf(compileList(operand, segments));
  if (name === 'not') return negate(compileCondition(operand as Condition, segments) ?? always);
  if (name === IN_SEGMENT) return inAnyOf(typeof operand === 'string' ? [operand] : (operand as readonly string[]), segments);
  return compileAttribute(name, compileOperand(operand));
}

function compileList(operand: unknown, segments: SegmentLookup): Matcher[] {
  return (operand as readonly Condition[]).map((condition) => compileCondition(condition, segments) ?? always);
}

function inAnyOf(names: readonly string[], segments: SegmentLookup): Matcher {
  const holders = names.map((name) => segments.holderOf(name));
  const [first] = holders;
  return first !== undefined && holders.length === 1
    ? (unit) => first.matches(unit)
    : (unit) => holders.some((holder) => holder.matches(unit));
}

const always: Matcher = () => true;

function negate(matcher: Matcher): Matcher {
  return (unit) => !matcher(unit);
}

function allOf(matchers: readonly Matcher[]): Matcher {
  const [first, second] = matchers;
  if (first === undefined) return always;
  if (second === undefined) return first;
  if (matchers.length === 2) return (unit) => first(unit) && second(unit);
  return (unit) => matchers.every((matcher) => matcher(unit));
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  return (unit) => matchers.some((matcher) => matcher(unit));
}

/** Own properties only, so that neither a prototype nor `__proto__` can smuggle an attribute in. `userId` falls back to the unit's key. */
function compileAttribute(name: string, test: ValueTest): Matcher {
  if (name === 'userId') return (unit) => test(ownAttribute(unit, name) ?? unit.userId);
  return (unit) => {
    const attributes = unit.attributes;
    return test(
      attributes !== undefined && attributes !== null && Object.hasOwn(attributes, name) ? attributes[name] : undefined,
    );
  };
}

export function ownAttribute(unit: Unit, name: string): unknown {
  const attributes = unit.attributes;
  return attributes !== undefined && attributes !== null && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function compileOperand(operand: unknown): ValueTest {
  if (Array.isArray(operand)) return oneOf(operand);
  if (!isJsonObject(operand)) return (value) => value === operand;
  const tests = Object.entries(operand).map(([operator, argument]) => compileOperator(operator as keyof Operators, argument));
  const [first] = tests;
  return first !== undefined && tests.length === 1 ? first : (value) => tests.every((test) => test(value));
}

function oneOf(list: readonly unknown[]): ValueTest {
  const members = new Set(list);
  return (value) => members.has(value);
}

const COMPILERS: { readonly [K in keyof Required<Operators>]: (argument: never) => ValueTest } = {
  eq: (argument: Scalar) => (value) => value === argument,
  // A different type is a mismatch and not a difference; use `not` for the complement.
  ne: (argument: Scalar) => (value) => typeof value === typeof argument && value !== argument,
  in: oneOf,
  not_in: (argument: readonly Scalar[]) => {
    const members = new Set<unknown>(argument);
    const types = new Set(argument.map((member) => typeof member));
    return (value) => types.has(typeof value as 'string') && !members.has(value);
  },
  gt: (argument: number) => (value) => typeof value === 'number' && value > argument,
  gte: (argument: number) => (value) => typeof value === 'number' && value >= argument,
  lt: (argument: number) => (value) => typeof value === 'number' && value < argument,
  lte: (argument: number) => (value) => typeof value === 'number' && value <= argument,
  contains: (argument: Scalar) => (value) =>
    typeof value === 'string'
      ? typeof argument === 'string' && value.includes(argument)
      : Array.isArray(value) && value.includes(argument),
  starts_with: (argument: string) => (value) => typeof value === 'string' && value.startsWith(argument),
  ends_with: (argument: string) => (value) => typeof value === 'string' && value.endsWith(argument),
  matches: patternTest,
  before: (argument: string) => instantTest('before', argument),
  after: (argument: string) => instantTest('after', argument),
  semver_eq: (argument: string) => versionTest('semver_eq', argument),
  semver_ne: (argument: string) => versionTest('semver_ne', argument),
  semver_gt: (argument: string) => versionTest('semver_gt', argument),
  semver_gte: (argument: string) => versionTest('semver_gte', argument),
  semver_lt: (argument: string) => versionTest('semver_lt', argument),
  semver_lte: (argument: string) => versionTest('semver_lte', argument),
  semver_in: rangeTest,
  in_cidr: networksTest,
  exists: (argument: boolean) => (value) => (value !== undefined && value !== null) === argument,
};

function compileOperator(operator: keyof Operators, argument: unknown): ValueTest {
  return COMPILERS[operator](argument as never);
}
