/** The only authority on what a condition may be. */
import { RE2JS } from 're2js';
import type { Issue } from '../error.ts';
import { isJsonObject } from '../json.ts';
import { COMBINATORS, type Condition, type Operators } from './condition.ts';

const MAX_DEPTH = 32;
const NO_ISSUES: readonly Issue[] = [];
type Check = (argument: unknown) => string | null;

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
const scalar: Check = (argument) => (isScalar(argument) ? null : 'must be a text, a finite number, true or false');
const scalars: Check = (argument) =>
  Array.isArray(argument) && argument.every(isScalar) ? null : 'must be a list of texts, numbers or booleans';
const number: Check = (argument) =>
  typeof argument === 'number' && Number.isFinite(argument) ? null : 'must be a finite number';
const text: Check = (argument) => (typeof argument === 'string' ? null : 'must be a text');
const flag: Check = (argument) => (typeof argument === 'boolean' ? null : 'must be true or false');

const pattern: Check = (argument) => {
  if (typeof argument !== 'string') return 'must be a regular expression as a text';
  try {
    RE2JS.compile(argument);
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `must be a regular expression in RE2 syntax (no look-around, no back-references): ${why}`;
  }
};

const OPERATORS: Readonly<Record<keyof Operators, Check>> = {
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
  matches: pattern,
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
  if (!isJsonObject(value)) return [{ path, message: 'must be an object of attributes, or all, any and not' }];
  if (depth > MAX_DEPTH) return [{ path, message: `is nested more than ${MAX_DEPTH} deep` }];
  return Object.entries(value).flatMap(([name, operand]): readonly Issue[] => {
    if (isPlain(operand) && !COMBINATORS.some((combinator) => combinator === name)) return NO_ISSUES;
    const at = `${path}/${pointerPart(name)}`;
    if (name === 'not') return conditionIssues(operand, at, depth + 1);
    if (name !== 'all' && name !== 'any') return operandIssues(operand, at);
    if (!Array.isArray(operand)) return [{ path: at, message: 'must be a list of conditions' }];
    return operand.flatMap((member: unknown, index) => conditionIssues(member, `${at}/${index}`, depth + 1));
  });
}

/** A value or a list of values: what most operands are, and nothing to find fault with. */
function isPlain(operand: unknown): boolean {
  return isScalar(operand) || (Array.isArray(operand) && operand.every(isScalar));
}

function operandIssues(operand: unknown, path: string): Issue[] {
  if (isPlain(operand)) return [];
  if (Array.isArray(operand)) return [{ path, message: 'must be a list of texts, numbers or booleans' }];
  if (!isJsonObject(operand)) return [{ path, message: 'must be a value, a list of values, or operators such as { "gte": 18 }' }];
  const entries = Object.entries(operand);
  if (entries.length === 0) return [{ path, message: `must name an operator; there are ${Object.keys(OPERATORS).join(', ')}` }];
  return entries.flatMap(([operator, argument]): Issue[] => {
    const at = `${path}/${pointerPart(operator)}`;
    if (!Object.hasOwn(OPERATORS, operator))
      return [{ path: at, message: `is not an operator; there are ${Object.keys(OPERATORS).join(', ')}` }];
    const problem = OPERATORS[operator as keyof Operators](argument);
    return problem === null ? [] : [{ path: at, message: `${problem}; it is ${JSON.stringify(argument)}` }];
  });
}

/** A key as a JSON pointer's part (RFC 6901). */
export function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
