/** The operators `semver_*`: semantic versions by precedence, of which build metadata is no part (semver.org, section 11). */
import { compare, parse, Range, type SemVer } from 'semver';
import { versionProblem } from '../component/version.ts';
import type { ArgumentCheck, ValueTest } from './operator.ts';

/** How a version may stand to the argument. */
export const VERSION_COMPARISONS = {
  semver_eq: (order: number): boolean => order === 0,
  semver_ne: (order: number): boolean => order !== 0,
  semver_gt: (order: number): boolean => order > 0,
  semver_gte: (order: number): boolean => order >= 0,
  semver_lt: (order: number): boolean => order < 0,
  semver_lte: (order: number): boolean => order <= 0,
} as const;
export type VersionComparison = keyof typeof VERSION_COMPARISONS;

const MAX_RANGE_LENGTH = 256;

export const versionArgumentProblem: ArgumentCheck = versionProblem;

export function versionTest(operator: VersionComparison, argument: string): ValueTest {
  const bound = parse(argument) as SemVer;
  const fits = VERSION_COMPARISONS[operator];
  return (value) => {
    const version = exactVersion(value);
    return version !== null && fits(compare(version, bound));
  };
}

export const rangeProblem: ArgumentCheck = (argument) =>
  typeof argument === 'string' && argument.trim() !== '' && argument.length <= MAX_RANGE_LENGTH && rangeOf(argument) !== null
    ? null
    : `must be a range of versions of at most ${MAX_RANGE_LENGTH} characters, such as "^2.1.0" or ">=1.4.0 <3.0.0"`;

export function rangeTest(argument: string): ValueTest {
  const range = rangeOf(argument);
  return (value) => {
    const version = exactVersion(value);
    return version !== null && range?.test(version) === true;
  };
}

/** Pre-releases stand where precedence puts them: `2.1.0-rc.1` is in `^2.0.0`, and `3.0.0-rc.1` is not. */
function rangeOf(text: string): Range | null {
  try {
    return new Range(text, { includePrerelease: true });
  } catch {
    return null;
  }
}

/** Null for what is not exactly one version: a `v` in front, spaces, missing parts, a number. */
function exactVersion(value: unknown): SemVer | null {
  return versionProblem(value) === null ? parse(value as string) : null;
}
