/** CUPED over the ledger: both arms without what their units' values were before the exposure. */
import { type Moments, mergeMoments } from '../analysis/moments.ts';
import { type Answer, isAnswer } from '../statistics/answer.ts';
import { cuped } from '../statistics/cuped.ts';
import type { PairedSummary } from '../statistics/paired-summary.ts';
import type { SampleSummary } from '../statistics/sample-summary.ts';
import { MIN_UNITS_PER_ARM } from './analysis-plan.ts';
import type { SubjectTotals } from './ledger.ts';
import { type MeasuredMetric, pairsOf } from './measured-metric.ts';
import type { Adjustment } from './metric-result.ts';
import { pairedArm } from './paired-arm.ts';

export interface AdjustedArms {
  readonly control: Moments;
  readonly treatment: Moments;
  readonly adjustment: Adjustment;
}

/**
 * A unit without values from before gets the mean of all that have some, which says nothing of its arm. Null without a covariate, and until 100 units of
 * each arm have one. Refused with `zero-variance` where the covariate explains everything: nothing is left that chance could be measured by.
 */
export function adjustedArms(
  metric: MeasuredMetric,
  totals: SubjectTotals,
  [controlArm, treatmentArm]: readonly [control: string, treatment: string],
  control: Moments,
  treatment: Moments,
): Answer<AdjustedArms> | null {
  if (metric.tracked.covariate !== true) return null;
  const [c, t] = [pairsOf(metric, totals, controlArm), pairsOf(metric, totals, treatmentArm)];
  if (Math.min(c.x.n, t.x.n) < MIN_UNITS_PER_ARM) return null;
  const known = mergeMoments(c.x, t.x);
  const typical = known.shift + known.mean;
  const [pairedC, pairedT] = [pairedArm(c, control, typical), pairedArm(t, treatment, typical)];
  if (pairedC === null || pairedT === null) return null;
  const inOneShift: PairedSummary = {
    ...pairedT,
    meanX: pairedT.meanX + (t.x.shift - c.x.shift),
    meanY: pairedT.meanY + (treatment.shift - control.shift),
  };
  const adjusted = cuped(pairedC, inOneShift);
  if (!isAnswer(adjusted)) return adjusted.reason === 'zero-variance' ? adjusted : null;
  const { theta, varianceReduction, unadjustedDifference } = adjusted;
  const imputedUnits = control.n - c.x.n + treatment.n - t.x.n;
  return {
    control: momentsFrom(adjusted.control, control.shift),
    treatment: momentsFrom(adjusted.treatment, control.shift),
    adjustment: { theta, varianceReduction, unadjustedDifference, imputedUnits },
  };
}

function momentsFrom({ n, mean, variance }: SampleSummary, shift: number): Moments {
  return { n, mean, m2: variance * (n - 1), shift };
}
