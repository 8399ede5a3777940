/** A sample as every method here takes it. */
import { type Answer, finiteAnswer, isAnswer, noAnswer } from './answer.ts';

/** By its size, mean and variance with n − 1; n is at least 2. */
export interface SampleSummary {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

export interface StandardError {
  /** √(vC/nC + vT/nT). */
  readonly unpooled: number;
  /** As if both arms had one variance. */
  readonly pooled: number;
  /** The larger of the two. */
  readonly robust: number;
}

/** Refused with `insufficient-data` below two values in an arm, `zero-variance` where nothing varies. */
export function standardError(control: SampleSummary, treatment: SampleSummary): Answer<StandardError> {
  if (!(control.n >= 2 && treatment.n >= 2)) return noAnswer('insufficient-data');
  const total = control.n + treatment.n;
  const unpooled = Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
  const within = ((control.n - 1) * control.variance + (treatment.n - 1) * treatment.variance) / (total - 2);
  const pooled = Math.sqrt(within * (1 / control.n + 1 / treatment.n));
  const answer = finiteAnswer({ unpooled, pooled, robust: Math.max(unpooled, pooled) });
  return isAnswer(answer) && !(answer.robust > 0) ? noAnswer('zero-variance') : answer;
}
