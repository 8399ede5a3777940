/** Conditions over a unit's attributes, as data. What they mean is compiled in `match`. */
import type { JsonValue } from '../json.ts';

export type Scalar = string | number | boolean;

/** All named operators must hold. A missing attribute or a type that an operator does not know never matches, except `exists: false`. */
export interface Operators {
  readonly eq?: Scalar;
  readonly ne?: Scalar;
  readonly in?: readonly Scalar[];
  readonly not_in?: readonly Scalar[];
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
  readonly contains?: Scalar;
  readonly starts_with?: string;
  readonly ends_with?: string;
  /** RE2 syntax, linear time; matches anywhere unless anchored. */
  readonly matches?: string;
  readonly exists?: boolean;
}

/**
 * Each entry must hold. A key is an attribute (scalar: equals, list: one of, object: operators) or one of the combinators
 * `all` (list), `any` (list) and `not` (one condition). The empty condition always holds.
 */
export interface Condition {
  readonly [attribute: string]: JsonValue;
}

export const COMBINATORS = ['all', 'any', 'not'] as const;
