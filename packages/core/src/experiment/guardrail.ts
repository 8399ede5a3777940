/**
 * A guardrail: whether the treatment is worse by more than its margin, or shown to be within it. One-sided, and not corrected for there being several:
 * a false alarm costs less than harm.
 */
import type { Moments } from '../analysis/moments.ts';
import { isAnswer } from '../statistics/answer.ts';
import { oneSidedBounds, type SequenceTuning } from '../statistics/confidence-sequence.ts';
import { oneSidedP } from '../statistics/one-sided-p.ts';
import { type SampleSummary, standardError } from '../statistics/sample-summary.ts';
import { welchTest } from '../statistics/welch.ts';
import type { AnalysisPlan } from './analysis-plan.ts';
import type { TrackedMetric } from './experiment.ts';
import { summaryIn } from './measured-metric.ts';
import type { MetricResult } from './metric-result.ts';

type Guarded = Partial<Pick<MetricResult, 'pValueNow' | 'worstExcess' | 'verdict'>>;

export function guarded({ goal, margin = 0 }: TrackedMetric, control: Moments, treatment: Moments, plan: AnalysisPlan): Guarded {
  const sign = goal === 'decrease' ? 1 : -1;
  // Without a margin in the common shift, so that means near 1e9 keep their digits; a margin is a part of the mean itself.
  const shift = margin === 0 ? control.shift : 0;
  const allowed = scaled(summaryIn(shift, control), sign, margin);
  const harm = flipped(summaryIn(shift, treatment), sign);
  const excess =
    plan.method === 'sequence' ? sequenceExcess(allowed, harm, plan.tuning) : fixedExcess(allowed, harm, plan.tuning.alpha);
  if (excess === null) return {};
  return { pValueNow: excess.p, worstExcess: excess.worst, verdict: excess.worst <= 0 ? 'notWorse' : 'noDifference' };
}

/** So that larger is worse. */
function flipped({ n, mean, variance }: SampleSummary, sign: number): SampleSummary {
  return { n, mean: sign * mean, variance };
}

/** The control's values as the margin allows them to be: mC + margin |mC| in the bad direction, without a division. */
function scaled(control: SampleSummary, sign: number, margin: number): SampleSummary {
  const factor = 1 + sign * Math.sign(control.mean) * margin;
  return flipped({ n: control.n, mean: control.mean * factor, variance: control.variance * factor * factor }, sign);
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
