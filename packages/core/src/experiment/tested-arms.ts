/** The test that a metric is judged by, and what it says of two arms. */
import { type Moments, meanOf, summaryIn } from '../analysis/moments.ts';
import { isAnswer, type NoAnswer } from '../statistics/answer.ts';
import { confidenceSequence } from '../statistics/confidence-sequence.ts';
import { mannWhitneyTest } from '../statistics/mann-whitney.ts';
import { isRoundingOnly } from '../statistics/rounding.ts';
import { type Proportion, twoProportionTest } from '../statistics/two-proportion.ts';
import { welchTest } from '../statistics/welch.ts';
import type { AnalysisPlan } from './analysis-plan.ts';
import type { TrackedMetric } from './experiment.ts';
import type { Interval, MetricReason, UsedTest } from './metric-result.ts';
import type { ArmValues } from './unit-values.ts';

export interface TestedArms {
  readonly interval: Interval | null;
  readonly p: number;
  /** Whether the treatment is the larger, in what the test compares. */
  readonly rises: boolean;
  readonly superiority: number | null;
}

export function usedTest({ test }: Pick<TrackedMetric, 'test'>, { method }: AnalysisPlan): UsedTest {
  return method === 'sequence' ? 'confidenceSequence' : (test ?? 'welch');
}

/** `values` of the control's and the treatment's units are read by Mann and Whitney's test alone; null where there are too many. */
export function testedArms(
  test: UsedTest,
  [control, treatment]: readonly [Moments, Moments],
  plan: AnalysisPlan,
  values: readonly [ArmValues, ArmValues] | null,
): TestedArms | { readonly reason: MetricReason } {
  if (test === 'mannWhitney') return values === null ? { reason: 'too-many-units' } : rankedArms(values);
  if (test === 'twoProportion') return proportions(control, treatment, 1 - plan.tuning.alpha);
  if (isRounding(control, treatment)) return { reason: 'zero-variance' };
  // In the common shift, so that the difference of two means near 1e9 keeps its digits.
  const [c, t] = [summaryIn(control.shift, control), summaryIn(control.shift, treatment)];
  const rises = t.mean > c.mean;
  if (test === 'welch') {
    const welch = welchTest(c, t, 1 - plan.tuning.alpha);
    return isAnswer(welch) ? { interval: welch.interval, p: welch.pTwoSided, rises, superiority: null } : refused(welch);
  }
  const sequence = confidenceSequence(c, t, plan.tuning);
  if (!isAnswer(sequence)) return refused(sequence);
  return { interval: [sequence.lower, sequence.upper], p: sequence.p, rises, superiority: null };
}

/** Whether what varies, in both arms, may be rounding alone: to a test, any difference beside it would be beyond chance. */
function isRounding(control: Moments, treatment: Moments): boolean {
  const size = Math.max(Math.abs(meanOf(control) ?? 0), Math.abs(meanOf(treatment) ?? 0));
  return [control, treatment].every(({ n, m2 }) => isRoundingOnly(m2 / Math.max(1, n), size));
}

function refused({ reason }: NoAnswer): { readonly reason: MetricReason } {
  return { reason: reason === 'zero-variance' || reason === 'insufficient-data' ? reason : 'out-of-range' };
}

function proportions(control: Moments, treatment: Moments, confidence: number) {
  const [c, t] = [proportionOf(control), proportionOf(treatment)];
  if (c === null || t === null) return { reason: 'not-binary' } as const;
  const test = twoProportionTest(c, t, confidence);
  if (!isAnswer(test)) return refused(test);
  if (test.pooled.pTwoSided === null) return { reason: 'zero-variance' } as const;
  return { interval: test.interval, p: test.pooled.pTwoSided, rises: test.difference > 0, superiority: null };
}

/** Null unless every value is 0 or 1: only then is the sum of squares the sum. */
function proportionOf(moments: Moments): Proportion | null {
  const [{ n, m2 }, mean] = [moments, meanOf(moments) ?? 0];
  const successes = Math.round(n * mean);
  const isBinary = Math.abs(m2 - n * mean * (1 - mean)) <= 1e-9 * n && Math.abs(n * mean - successes) <= 1e-6;
  return isBinary && successes >= 0 && successes <= n ? { n, successes } : null;
}

function rankedArms([control, treatment]: readonly [ArmValues, ArmValues]) {
  const test = mannWhitneyTest(control, treatment);
  if (!isAnswer(test)) return refused(test);
  const { pTwoSidedWithContinuity: p, probabilityOfSuperiority: superiority } = test;
  return p === null ? ({ reason: 'zero-variance' } as const) : { interval: null, p, rises: superiority > 0.5, superiority };
}
