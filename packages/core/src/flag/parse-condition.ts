/** The only authority on what a condition may be. */
import type { Issue } from '../error.ts';
import { isJsonObject } from '../json.ts';
import { networksProblem } from './address-operator.ts';
import { COMBINATORS, type Condition, IN_SEGMENT, type Operators } from './condition.ts';
import { MAX_CONDITION_TEXT, MAX_NAMES, tooManyProblem } from './flag-limits.ts';
import { instantProblem } from './instant-operators.ts';
import { nearest } from './nearest.ts';
import type { ArgumentCheck } from './operator.ts';
import { patternProblem } from './pattern-operator.ts';
import { shown } from './shown.ts';
import { rangeProblem, versionArgumentProblem } from './version-operators.ts';

const MAX_DEPTH = 32;
const LIST = `a list of at most ${MAX_NAMES} texts, numbers or booleans`;
const NO_ISSUES: readonly Issue[] = [];

const isScalar = (value: unknown): boolean =>
  (typeof value === 'string' && value.length <= MAX_CONDITION_TEXT) ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value));
/** Looked at by index, because `every` passes over the holes of a list, which JSON would make into nulls. */
function isScalarList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MAX_NAMES) return false;
  for (let index = 0; index < value.length; index++) if (!isScalar(value[index])) return false;
  return true;
}
/** Where a text, or the first such one of a list, is too long. */
function tooLong(operand: unknown, path: string): Issue[] {
  const texts: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const index = texts.findIndex((member) => typeof member === 'string' && member.length > MAX_CONDITION_TEXT);
  if (index < 0) return [];
  const { length } = texts[index] as string;
  const message = `may have at most ${MAX_CONDITION_TEXT} characters; it has ${length}`;
  return [{ path: Array.isArray(operand) ? `${path}/${index}` : path, message }];
}
const scalar: ArgumentCheck = (argument) => (isScalar(argument) ? null : 'must be a text, a finite number, true or false');
const scalars: ArgumentCheck = (argument) => (isScalarList(argument) ? null : `must be ${LIST}`);
const number: ArgumentCheck = (argument) =>
  typeof argument === 'number' && Number.isFinite(argument) ? null : 'must be a finite number';
const text: ArgumentCheck = (argument) => (typeof argument === 'string' ? null : 'must be a text');
const flag: ArgumentCheck = (argument) => (typeof argument === 'boolean' ? null : 'must be true or false');

const OPERATORS: Readonly<Record<keyof Operators, ArgumentCheck>> = {
  eq: scalar,
  ne: scalar,
  in: scalars,
  not_in: scalars,
  gt: number,
  gte: number,
  lt: number,
  lte: number,
  contains: scalar,
  starts_with: text,
  ends_with: text,
  matches: patternProblem,
  before: instantProblem,
  after: instantProblem,
  semver_eq: versionArgumentProblem,
  semver_ne: versionArgumentProblem,
  semver_gt: versionArgumentProblem,
  semver_gte: versionArgumentProblem,
  semver_lt: versionArgumentProblem,
  semver_lte: versionArgumentProblem,
  semver_in: rangeProblem,
  in_cidr: networksProblem,
  exists: flag,
};

/** The condition as it was given if it is one, else every issue with its JSON pointer below `path`. */
export function parseCondition(
  value: unknown,
  path: string,
): { readonly condition: Condition } | { readonly issues: readonly Issue[] } {
  const issues = conditionIssues(value, path, 0);
  return issues.length === 0 ? { condition: value as Condition } : { issues };
}

function conditionIssues(value: unknown, path: string, depth: number): Issue[] {
  if (!isJsonObject(value))
    return [{ path, message: `must be an object of attributes, or all, any, not and in_segment; it is ${shown(value)}` }];
  if (depth > MAX_DEPTH) return [{ path, message: `is nested more than ${MAX_DEPTH} deep` }];
  return Object.entries(value).flatMap(([name, operand]): readonly Issue[] => {
    if (name.length > MAX_CONDITION_TEXT)
      return [
        {
          path,
          message: `has the attribute ${shown(name)}, whose name may have at most ${MAX_CONDITION_TEXT} characters; it has ${name.length}`,
        },
      ];
    if (isPlain(operand) && name !== IN_SEGMENT && !COMBINATORS.some((combinator) => combinator === name)) return NO_ISSUES;
    const at = `${path}/${pointerPart(name)}`;
    if (name === IN_SEGMENT) return segmentIssues(operand, at);
    if (name === 'not') return conditionIssues(operand, at, depth + 1);
    if (name !== 'all' && name !== 'any') return operandIssues(operand, at);
    if (!Array.isArray(operand)) return [{ path: at, message: `must be a list of conditions; it is ${shown(operand)}` }];
    const tooMany = tooManyProblem(operand.length, MAX_NAMES, 'conditions');
    if (tooMany !== null) return [{ path: at, message: tooMany }];
    return Array.from(operand).flatMap((member: unknown, index) => conditionIssues(member, `${at}/${index}`, depth + 1));
  });
}

/** Whether there is such a segment is for whoever knows the segments. */
function segmentIssues(operand: unknown, path: string): readonly Issue[] {
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const long = tooLong(operand, path);
  if (long.length > 0) return long;
  if (isName(operand) || (Array.isArray(operand) && operand.length > 0 && operand.every(isName))) return NO_ISSUES;
  const message = `must be the name of a segment or a list of at least one; it is ${shown(operand)}`;
  return [{ path, message }];
}

/** A value or a list of values: what most operands are, and nothing to find fault with. */
function isPlain(operand: unknown): boolean {
  return isScalar(operand) || isScalarList(operand);
}

function operandIssues(operand: unknown, path: string): Issue[] {
  if (isPlain(operand)) return [];
  const long = tooLong(operand, path);
  if (long.length > 0) return long;
  if (Array.isArray(operand)) return [{ path, message: `must be ${LIST}; it is ${shown(operand)}` }];
  if (!isJsonObject(operand))
    return [{ path, message: `must be a value, a list of values, or operators such as { "gte": 18 }; it is ${shown(operand)}` }];
  const entries = Object.entries(operand);
  if (entries.length === 0) return [{ path, message: `must name an operator; there are ${Object.keys(OPERATORS).join(', ')}` }];
  return entries.flatMap(([operator, argument]): Issue[] => {
    const at = `${path}/${pointerPart(operator)}`;
    if (!Object.hasOwn(OPERATORS, operator))
      return [{ path: at, message: `is not an operator${nearest(operator, Object.keys(OPERATORS))}` }];
    const overlong = tooLong(argument, at);
    if (overlong.length > 0) return overlong;
    const problem = OPERATORS[operator as keyof Operators](argument);
    return problem === null ? [] : [{ path: at, message: `${problem}; it is ${shown(argument)}` }];
  });
}

/** A key as a JSON pointer's part (RFC 6901). */
export function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
