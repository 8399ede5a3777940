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
  /** A date-time with its zone, or a day (its first instant in UTC). The attribute may also be a Date or milliseconds since 1970. */
  readonly before?: string;
  readonly after?: string;
  /** Semantic versions by precedence; build metadata is no part of them. */
  readonly semver_eq?: string;
  readonly semver_ne?: string;
  readonly semver_gt?: string;
  readonly semver_gte?: string;
  readonly semver_lt?: string;
  readonly semver_lte?: string;
  /** A range, such as `^2.1.0`; pre-releases stand where precedence puts them. */
  readonly semver_in?: string;
  /** One network or several, IPv4 or IPv6. */
  readonly in_cidr?: string | readonly string[];
  readonly exists?: boolean;
}

/**
 * Each entry must hold. A key is an attribute (scalar: equals, list: one of, object: operators) or one of the combinators
 * `all` (list), `any` (list) and `not` (one condition), or `in_segment` with the name of a segment or a list of them, of which the unit
 * must be in one. The empty condition always holds.
 */
export interface Condition {
  readonly [attribute: string]: JsonValue;
}

/** Keys of a condition that are no attributes. */
export const COMBINATORS = ['all', 'any', 'not'] as const;
export const IN_SEGMENT = 'in_segment';
