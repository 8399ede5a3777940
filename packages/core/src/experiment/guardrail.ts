/**
 * A guardrail: whether the treatment is worse by more than its margin, or shown to be within it. One-sided, and not corrected for there being several:
 * a false alarm costs less than harm.
 */
import { againstAllowed } from '../analysis/allowed-mean.ts';
import type { Moments } from '../analysis/moments.ts';
import { isAnswer } from '../statistics/answer.ts';
import { oneSidedBounds, type SequenceTuning } from '../statistics/confidence-sequence.ts';
import { oneSidedP } from '../statistics/one-sided-p.ts';
import { type SampleSummary, standardError } from '../statistics/sample-summary.ts';
import { welchTest } from '../statistics/welch.ts';
import type { AnalysisPlan } from './analysis-plan.ts';
import type { TrackedMetric } from './experiment.ts';
import type { MetricResult } from './metric-result.ts';

type Guarded = Partial<Pick<MetricResult, 'pValueNow' | 'worstExcess' | 'verdict'>>;

export function guarded({ goal, margin = 0 }: TrackedMetric, control: Moments, treatment: Moments, plan: AnalysisPlan): Guarded {
  const [allowed, harm] = againstAllowed(control, treatment, { sign: goal === 'decrease' ? 1 : -1, margin });
  const excess =
    plan.method === 'sequence' ? sequenceExcess(allowed, harm, plan.tuning) : fixedExcess(allowed, harm, plan.tuning.alpha);
  if (excess === null) return {};
  return { pValueNow: excess.p, worstExcess: excess.worst, verdict: excess.worst <= 0 ? 'notWorse' : 'noDifference' };
}

interface Excess {
  /** For being worse than allowed. */
  readonly p: number;
  /** The upper bound of how much worse. */
  readonly worst: number;
}

function sequenceExcess(allowed: SampleSummary, harm: SampleSummary, tuning: SequenceTuning): Excess | null {
  const [error, bounds] = [standardError(allowed, harm), oneSidedBounds(allowed, harm, tuning)];
  if (!isAnswer(error) || !isAnswer(bounds)) return null;
  return { p: oneSidedP((harm.mean - allowed.mean) / error.robust, allowed.n + harm.n, tuning), worst: bounds.upper };
}

function fixedExcess(allowed: SampleSummary, harm: SampleSummary, alpha: number): Excess | null {
  // The upper end of a two-sided interval of 1 − 2 alpha is the one-sided bound of 1 − alpha.
  const test = welchTest(allowed, harm, 1 - 2 * alpha);
  return isAnswer(test) ? { p: test.pGreater, worst: test.interval[1] } : null;
}
