/** An answer where there must be one. */
import { type Answer, isAnswer } from '@sluice/core/statistics';

/** @throws Error where the engine refuses */
export function settled<T extends object>(answer: Answer<T>): T {
  if (!isAnswer(answer)) throw new Error(`the engine refuses it: ${answer.reason}`);
  return answer;
}
