/** How much one flag may hold. What is asked on every evaluation, or written anew with every edit, stays bounded. */

/** Asked one after the other. */
export const MAX_RULES = 1_000;
export const MAX_VARIANTS = 1_000;
export const MAX_PREREQUISITES = 100;
/** Of a list of users, groups or tags, and of the values or conditions in one list of a condition. */
export const MAX_NAMES = 100_000;
/** Users whom rollbacks excluded are in none of their way. */
export const MAX_EXCLUDED = 1_000_000;

/** Why so many are too many, or null; `instead` says where they belong. */
export function tooManyProblem(count: number, most: number, what: string, instead = ''): string | null {
  return count <= most ? null : `may have at most ${most} ${what}; it has ${count}${instead === '' ? '' : `; ${instead}`}`;
}

/** Of a list of users, groups or tags. */
export function tooManyNames(names: readonly unknown[], isOfExcluded: boolean): string | null {
  return tooManyProblem(names.length, isOfExcluded ? MAX_EXCLUDED : MAX_NAMES, 'names', 'more belong into a segment');
}
