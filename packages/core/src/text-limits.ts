/** How long a text may be that people write into a record, and that it can be written down at all. */
import type { Issue } from './error.ts';

/** Of a description or a reason, in UTF-16 units: a stack trace fits. */
export const MAX_TEXT_LENGTH = 10_000;
/** Of an owner, a tag, a salt, an attribute's name, or the name of a variant. */
export const MAX_LABEL_LENGTH = 256;
export const MAX_TAGS = 100;

/** Half of a surrogate pair is no character: as UTF-8 it would come back as another one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The index of the first half of a surrogate pair that stands alone, in UTF-16 units; -1 when there is none. */
export function loneSurrogateIn(text: string): number {
  return text.search(LONE_SURROGATE);
}

/** Why `text` cannot be kept, or null. */
export function textProblem(text: string, most: number = MAX_TEXT_LENGTH): string | null {
  if (text.length > most) return `may have at most ${most} characters; it has ${text.length}`;
  const index = loneSurrogateIn(text);
  return index < 0 ? null : `must be well-formed Unicode; at index ${index} is half of a surrogate pair alone`;
}

/** Every issue of a list of tags, whose members are known to be texts. */
export function tagIssues(tags: readonly string[], path: string): Issue[] {
  if (tags.length > MAX_TAGS) return [{ path, message: `may have at most ${MAX_TAGS} tags; it has ${tags.length}` }];
  return tags.flatMap((tag, index): Issue[] => {
    const problem = textProblem(tag, MAX_LABEL_LENGTH);
    return problem === null ? [] : [{ path: `${path}/${index}`, message: problem }];
  });
}

/** What is told of a reason without which nothing should fail: cut to its limit, with U+FFFD for what cannot be written. */
export function fittedReason(reason: string): string {
  const whole = reason.length > MAX_TEXT_LENGTH ? `${reason.slice(0, MAX_TEXT_LENGTH - 1)}…` : reason;
  return whole.replace(/\p{Surrogate}/gu, '\ufffd');
}
