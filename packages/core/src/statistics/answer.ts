/** A method's answer, or why there is none. No number of an answer is NaN or infinite. */

/**
 * `insufficient-data`: too few values to say anything. `zero-variance`: nothing varies, so chance cannot be judged. `out-of-range`: a number
 * would leave the range of a double. `control-mean-near-zero`, `zero-denominator`: there is nothing to be relative to.
 */
export const NO_ANSWER_REASONS = [
  'insufficient-data',
  'zero-variance',
  'out-of-range',
  'control-mean-near-zero',
  'zero-denominator',
] as const;
export type NoAnswerReason = (typeof NO_ANSWER_REASONS)[number];

export interface NoAnswer {
  readonly reason: NoAnswerReason;
}

export type Answer<T extends object> = T | NoAnswer;

export function noAnswer(reason: NoAnswerReason): NoAnswer {
  return { reason };
}

export function isAnswer<T extends object>(answer: Answer<T>): answer is T {
  return !('reason' in answer);
}

/** `answer` when every number in it is finite, else `out-of-range`. */
export function finiteAnswer<T extends object>(answer: T): Answer<T> {
  return isAllFinite(answer) ? answer : noAnswer('out-of-range');
}

function isAllFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isAllFinite);
}

/** min(1, e^-logE): the p-value of an e-value (Ville 1939), valid at any stopping time. */
export function pOfLogE(logE: number): number {
  return logE <= 0 ? 1 : Math.exp(-logE);
}
