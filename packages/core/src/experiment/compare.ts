/** One metric of one treatment against the control: every number with its interval, every refusal with its reason. */
import { emptyMoments, type Moments, meanOf, varianceOf, withZeros } from '../analysis/moments.ts';
import { isAnswer } from '../statistics/answer.ts';
import { holm } from '../statistics/holm.ts';
import { welchTest } from '../statistics/welch.ts';
import type { TrackedMetric } from './experiment.ts';
import { armTotals, type MetricTotals, ownEntry, type SubjectTotals } from './ledger.ts';
import type { MetricResult } from './metric-result.ts';

export const ALPHA = 0.05;
export const MIN_UNITS_PER_ARM = 100;
/** The control's mean must be this many standard errors away from 0, or a relative change of it says nothing. */
const MIN_ERRORS_FROM_ZERO = 5;

/** What was recorded of a metric; `found` is undefined for a declared one of which nothing was. */
export interface MeasuredMetric {
  readonly tracked: TrackedMetric;
  readonly found: MetricTotals | undefined;
}

/** Not yet corrected for there being several: see `corrected`. */
export function compareArms(
  { tracked, found }: MeasuredMetric,
  totals: SubjectTotals,
  controlArm: string,
  treatmentArm: string,
): MetricResult {
  const control = momentsOf({ tracked, found }, totals, controlArm);
  const treatment = momentsOf({ tracked, found }, totals, treatmentArm);
  const base = {
    ...tracked,
    unit: found?.unit ?? 'user',
    controlUnits: control?.n ?? 0,
    treatmentUnits: treatment?.n ?? 0,
    controlMean: control === null ? null : finite(meanOf(control)),
    treatmentMean: treatment === null ? null : finite(meanOf(treatment)),
  } as const;
  const nothing = { difference: null, interval: null, lift: null, improvement: null, pValue: null, adjustedPValue: null };
  if (control === null || treatment === null || Math.min(control.n, treatment.n) < 2)
    return { ...base, ...nothing, verdict: 'insufficientData', reason: 'insufficient-data' };
  return { ...base, ...nothing, ...compared(tracked, control, treatment) };
}

/**
 * An exposed unit without a value did the thing no times: it counts as 0 in a sum, a count and a maximum, also where nobody in the arm has a
 * value. A mean of no values is none.
 */
export function momentsOf({ tracked, found }: MeasuredMetric, totals: SubjectTotals, arm: string): Moments | null {
  const { exposed, metrics } = armTotals(totals, arm);
  const moments = ownEntry(metrics, tracked.name);
  const isByUser = found === undefined || found.unit === 'user';
  const countsZeros = isByUser && (found?.aggregation ?? tracked.aggregation) !== 'mean';
  const known = moments ?? emptyMoments(found?.shift ?? 0);
  const whole = countsZeros ? withZeros(known, exposed - known.n) : known;
  return whole.n === 0 || !Number.isFinite(whole.m2) || !Number.isFinite(whole.mean) ? null : whole;
}

function compared(
  tracked: TrackedMetric,
  control: Moments,
  treatment: Moments,
): Partial<MetricResult> & Pick<MetricResult, 'verdict' | 'reason'> {
  // In the common shift, so that the difference of two means near 1e9 keeps its digits.
  const summary = (moments: Moments) => ({ n: moments.n, mean: moments.mean, variance: varianceOf(moments) ?? 0 });
  const test = welchTest(summary(control), summary({ ...treatment, mean: treatment.mean + treatment.shift - control.shift }));
  const relative = liftOf(tracked, control, treatment);
  const isEnough = Math.min(control.n, treatment.n) >= MIN_UNITS_PER_ARM;
  if (!isAnswer(test)) {
    const isConstant = control.m2 === 0 && treatment.m2 === 0;
    const difference = finite((meanOf(treatment) ?? 0) - (meanOf(control) ?? 0));
    return { ...relative, difference, verdict: 'undefined', reason: isConstant ? 'zero-variance' : 'out-of-range' };
  }
  const isBounded = test.interval.every(Number.isFinite);
  const interval = isBounded ? test.interval : null;
  const measured = { ...relative, difference: finite(test.difference), interval, pValue: test.pTwoSided };
  if (!isEnough) return { ...measured, verdict: 'insufficientData', reason: 'insufficient-data' };
  return { ...measured, verdict: 'noDifference', reason: relative.lift === null ? 'control-mean-near-zero' : null };
}

function liftOf(tracked: TrackedMetric, control: Moments, treatment: Moments): Pick<MetricResult, 'lift' | 'improvement'> {
  const [c, t] = [meanOf(control) ?? 0, meanOf(treatment) ?? 0];
  const errorOfControl = Math.sqrt((varianceOf(control) ?? 0) / control.n);
  const lift = (t - c) / Math.abs(c);
  if (!Number.isFinite(lift) || Math.abs(c) < MIN_ERRORS_FROM_ZERO * errorOfControl) return { lift: null, improvement: null };
  return { lift, improvement: tracked.goal === 'increase' ? lift : -lift };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/**
 * Several primary metrics, and several treatments, are as many chances of a false finding: they are corrected together. The others are judged
 * one by one and win nothing.
 */
export function corrected<Draft extends { readonly result: MetricResult }>(drafts: readonly Draft[]): Draft[] {
  const primaries = drafts.filter(({ result }) => result.role === 'primary' && result.pValue !== null);
  const adjusted = holm(primaries.map(({ result }) => result.pValue ?? 1));
  return drafts.map((draft) => {
    const { result } = draft;
    const place = primaries.indexOf(draft);
    const adjustedPValue = place < 0 ? result.pValue : (adjusted[place] ?? 1);
    // Said so that a p-value which is no number proves nothing.
    const differs = adjustedPValue !== null && adjustedPValue <= ALPHA;
    if (result.verdict !== 'noDifference' || !differs) return { ...draft, result: { ...result, adjustedPValue } };
    const rises = (result.difference ?? 0) > 0;
    const verdict = rises === (result.goal === 'increase') ? 'better' : 'worse';
    return { ...draft, result: { ...result, adjustedPValue, verdict } };
  });
}
