/** How much one flag may hold. What is asked on every evaluation, or written anew with every edit, stays bounded. */

import { utf8Length } from './hash.ts';

/** Asked one after the other. */
export const MAX_RULES = 1_000;
export const MAX_VARIANTS = 1_000;
export const MAX_PREREQUISITES = 100;
/** Of a list of users, groups or tags, and of the values or conditions in one list of a condition. */
export const MAX_NAMES = 100_000;
/** Users whom rollbacks excluded are in none of their way. */
export const MAX_EXCLUDED = 1_000_000;

/** Longest key of a unit, and so longest name of a user or group, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;
/** Of a text in a condition, in UTF-16 units. */
export const MAX_CONDITION_TEXT = 4_096;

/** Why `value` can name no user or group, or null. A half of a surrogate pair may stand in it, as in the key of a unit. */
export function memberNameProblem(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return 'must be a text that is not empty';
  const size = value.length * 3 <= MAX_KEY_BYTES ? 0 : utf8Length(value);
  return size <= MAX_KEY_BYTES ? null : `may have at most ${MAX_KEY_BYTES} bytes; it has ${size}`;
}

/** Why so many are too many, or null; `instead` says where they belong. */
export function tooManyProblem(count: number, most: number, what: string, instead = ''): string | null {
  return count <= most ? null : `may have at most ${most} ${what}; it has ${count}${instead === '' ? '' : `; ${instead}`}`;
}

/** Of a list of users, groups or tags. */
export function tooManyNames(names: readonly unknown[], isOfExcluded: boolean): string | null {
  return tooManyProblem(names.length, isOfExcluded ? MAX_EXCLUDED : MAX_NAMES, 'names', 'more belong into a segment');
}
