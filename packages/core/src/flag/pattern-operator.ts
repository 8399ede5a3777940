/** The operator `matches`: regular expressions in time linear in the text, and small enough that the line is not steep. */
import { RE2JS } from 're2js';
import type { ArgumentCheck, ValueTest } from './operator.ts';

/** A longer text never matches: linear time is only a promise if the input is bounded. In UTF-16 units. */
export const MAX_MATCHED_LENGTH = 16_384;

/** Instructions of a compiled pattern. Matching costs at most text length times this; counted repetitions are unrolled into it. */
export const MAX_PATTERN_SIZE = 256;
const MAX_PATTERN_LENGTH = 1_024;

export const patternProblem: ArgumentCheck = (argument) => {
  if (typeof argument !== 'string') return 'must be a regular expression as a text';
  if (argument.length > MAX_PATTERN_LENGTH) return `must be a regular expression of at most ${MAX_PATTERN_LENGTH} characters`;
  try {
    const size = RE2JS.compile(argument).programSize();
    if (size <= MAX_PATTERN_SIZE) return null;
    return `must be a smaller regular expression: with its counted repetitions unrolled it has ${size} steps of at most ${MAX_PATTERN_SIZE}`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `must be a regular expression in RE2 syntax (no look-around, no back-references): ${why}`;
  }
};

export function patternTest(argument: string): ValueTest {
  const pattern = RE2JS.compile(argument);
  return (value) => typeof value === 'string' && value.length <= MAX_MATCHED_LENGTH && pattern.matcher(value).find();
}
