/** Operators of conditions as people choose them, and what kind of value each is asked with. What a value may be is the server's to say. */
import type { Operators } from '@sluice/core';

export type Operator = keyof Operators;
export type OperandKind =
  | 'scalar'
  | 'scalars'
  | 'number'
  | 'text'
  | 'pattern'
  | 'instant'
  | 'version'
  | 'range'
  | 'networks'
  | 'presence';

interface OperatorWords {
  /** Between the attribute and the value. */
  readonly words: string;
  readonly operand: OperandKind;
  readonly group: 'Values' | 'Texts' | 'Numbers' | 'Instants' | 'Versions' | 'Others';
}

export const OPERATORS: Readonly<Record<Operator, OperatorWords>> = {
  eq: { words: 'is', operand: 'scalar', group: 'Values' },
  ne: { words: 'is not', operand: 'scalar', group: 'Values' },
  in: { words: 'is one of', operand: 'scalars', group: 'Values' },
  not_in: { words: 'is none of', operand: 'scalars', group: 'Values' },
  contains: { words: 'contains', operand: 'scalar', group: 'Texts' },
  starts_with: { words: 'starts with', operand: 'text', group: 'Texts' },
  ends_with: { words: 'ends with', operand: 'text', group: 'Texts' },
  matches: { words: 'matches', operand: 'pattern', group: 'Texts' },
  gt: { words: 'is above', operand: 'number', group: 'Numbers' },
  gte: { words: 'is at least', operand: 'number', group: 'Numbers' },
  lt: { words: 'is below', operand: 'number', group: 'Numbers' },
  lte: { words: 'is at most', operand: 'number', group: 'Numbers' },
  before: { words: 'is before', operand: 'instant', group: 'Instants' },
  after: { words: 'is after', operand: 'instant', group: 'Instants' },
  semver_eq: { words: 'is the version', operand: 'version', group: 'Versions' },
  semver_ne: { words: 'is not the version', operand: 'version', group: 'Versions' },
  semver_gt: { words: 'is later than version', operand: 'version', group: 'Versions' },
  semver_gte: { words: 'is at least version', operand: 'version', group: 'Versions' },
  semver_lt: { words: 'is earlier than version', operand: 'version', group: 'Versions' },
  semver_lte: { words: 'is at most version', operand: 'version', group: 'Versions' },
  semver_in: { words: 'is a version in', operand: 'range', group: 'Versions' },
  in_cidr: { words: 'is an address in', operand: 'networks', group: 'Others' },
  exists: { words: 'is there', operand: 'presence', group: 'Others' },
};

export function isOperator(name: string): name is Operator {
  return Object.hasOwn(OPERATORS, name);
}

/** What a value of another operator becomes: kept where it can be, so that nothing typed is lost. */
export function operandFor(kind: OperandKind, before: unknown): unknown {
  const [first] = Array.isArray(before) ? (before as readonly unknown[]) : [before];
  switch (kind) {
    case 'scalar':
      return first ?? '';
    case 'scalars':
    case 'networks':
      return Array.isArray(before) ? before : first === undefined || first === '' ? [] : [first];
    case 'number': {
      const number = Number(first);
      return first === '' || first === undefined || !Number.isFinite(number) ? 0 : number;
    }
    case 'presence':
      return typeof first === 'boolean' ? first : true;
    default:
      return first === undefined ? '' : String(first);
  }
}
