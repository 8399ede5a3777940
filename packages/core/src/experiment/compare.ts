/** One metric of one treatment against the control: every number with its interval, every refusal with its reason. */
import { type Moments, meanOf, summaryIn } from '../analysis/moments.ts';
import { isAnswer } from '../statistics/answer.ts';
import { sequenceMultiplier } from '../statistics/confidence-sequence.ts';
import { liftSet } from '../statistics/lift-set.ts';
import { isNearZero, liftInterval, relativeLift } from '../statistics/relative-lift.ts';
import { runningP } from '../statistics/running-p.ts';
import type { SampleSummary } from '../statistics/sample-summary.ts';
import { adjustedArms } from './adjust.ts';
import { type AnalysisPlan, MIN_UNITS_PER_ARM } from './analysis-plan.ts';
import type { TrackedMetric } from './experiment.ts';
import { guarded } from './guardrail.ts';
import type { SubjectTotals } from './ledger.ts';
import type { Look } from './looks.ts';
import { isOutOfRange, type MeasuredMetric, momentsOf, undividedUnits } from './measured-metric.ts';
import type { Interval, MetricReason, MetricResult } from './metric-result.ts';
import { ownEntry } from './own-entry.ts';
import { testedArms, usedTest } from './tested-arms.ts';
import type { ArmValues, UnitValues } from './unit-values.ts';

/** A result that is not yet corrected for there being several, and what looks at it have shown, this one included. */
export interface Comparison {
  readonly result: MetricResult;
  readonly look: Look;
}

const NO_LOOK: Look = Object.freeze({ p: 1, rises: false, significantAt: null });
const NOTHING = {
  adjustment: null,
  superiority: null,
  difference: null,
  interval: null,
  lift: null,
  liftInterval: null,
  liftReason: 'insufficient-data',
  improvement: null,
  pValue: null,
  pValueNow: null,
  adjustedPValue: null,
  worstExcess: null,
} as const;

export function compareArms(
  metric: MeasuredMetric,
  totals: SubjectTotals,
  [controlArm, treatmentArm]: readonly [control: string, treatment: string],
  plan: AnalysisPlan,
  values: UnitValues | null = null,
): Comparison {
  const { tracked } = metric;
  const control = momentsOf(metric, totals, controlArm);
  const treatment = momentsOf(metric, totals, treatmentArm);
  const before = ownEntry(ownEntry(totals.looks.comparisons, treatmentArm) ?? {}, tracked.name) ?? NO_LOOK;
  const base = unjudged(metric, [control, treatment], plan, before);
  if ([controlArm, treatmentArm].some((arm) => isOutOfRange(metric, totals, arm)))
    return looked(base, before, refusedWith('out-of-range'));
  const [undividedC, undividedT] = [controlArm, treatmentArm].map((arm) => undividedUnits(metric, totals, arm));
  if (undividedC != null || undividedT != null) {
    const units = { controlUnits: undividedC ?? base.controlUnits, treatmentUnits: undividedT ?? base.treatmentUnits };
    return looked({ ...base, ...units }, before, refusedWith('zero-denominator'));
  }
  if (control === null || treatment === null || Math.min(control.n, treatment.n) < 2) return { result: base, look: before };
  const adjusted = adjustedArms(metric, totals, [controlArm, treatmentArm], control, treatment);
  if (adjusted !== null && !isAnswer(adjusted))
    return looked(base, before, refusedWith(adjusted.reason === 'zero-variance' ? adjusted.reason : 'out-of-range'));
  const [c, t] = adjusted === null ? [control, treatment] : [adjusted.control, adjusted.treatment];
  const shown = { ...base, adjustment: adjusted?.adjustment ?? null, ...liftOf(tracked, c, t, plan) };
  const ranked = values === null ? null : ([ownEntry(values, controlArm) ?? [], ownEntry(values, treatmentArm) ?? []] as const);
  return looked(shown, before, judged(shown, tracked, [c, t], plan, ranked));
}

/** What was measured, before anything is said of it. */
function unjudged(
  { tracked, found }: MeasuredMetric,
  [control, treatment]: readonly [Moments | null, Moments | null],
  plan: AnalysisPlan,
  { significantAt }: Look,
): MetricResult {
  const { name, role, goal, aggregation } = tracked;
  return {
    name,
    role,
    goal,
    aggregation,
    per: tracked.per ?? null,
    test: usedTest(tracked, plan),
    ...NOTHING,
    unit: found?.unit ?? 'user',
    controlUnits: control?.n ?? 0,
    treatmentUnits: treatment?.n ?? 0,
    controlMean: control === null ? null : finite(meanOf(control)),
    treatmentMean: treatment === null ? null : finite(meanOf(treatment)),
    significantAt,
    isExploratory: role === 'secondary',
    verdict: 'insufficientData',
    reason: 'insufficient-data',
  };
}

/** What this look says by itself. */
interface Judged extends Pick<MetricResult, 'difference' | 'interval' | 'pValueNow' | 'verdict' | 'reason'> {
  readonly worstExcess?: number | null;
  readonly superiority?: number | null;
}

interface Found {
  readonly now: Judged;
  readonly rises: boolean;
}

function refusedWith(reason: 'zero-variance' | 'out-of-range' | 'zero-denominator'): Found {
  return { now: { difference: null, interval: null, pValueNow: null, verdict: 'undefined', reason }, rises: false };
}

function judged(
  shown: MetricResult,
  tracked: TrackedMetric,
  [control, treatment]: readonly [Moments, Moments],
  plan: AnalysisPlan,
  values: readonly [ArmValues, ArmValues] | null,
): Found {
  // In the common shift, so that the difference of two means near 1e9 keeps its digits.
  const difference = finite(summaryIn(control.shift, treatment).mean - control.mean);
  const nothing = { difference, interval: null, pValueNow: null } as const;
  if (plan.method === 'fixedHorizon' && !plan.isAtEnd)
    return { now: { ...nothing, verdict: 'insufficientData', reason: 'before-planned-end' }, rises: false };
  const compared = testedArms(shown.test, [control, treatment], plan, values);
  if ('reason' in compared) return { now: { ...nothing, verdict: 'undefined', reason: compared.reason }, rises: false };
  const { interval, p, rises, superiority } = compared;
  const reason = shown.lift === null ? 'control-mean-near-zero' : null;
  const two: Judged = { difference, interval, superiority, pValueNow: p, verdict: 'noDifference', reason };
  return { now: tracked.role === 'guardrail' ? { ...two, ...guarded(tracked, control, treatment, plan) } : two, rises };
}

/** With what earlier looks have shown. */
function looked(shown: MetricResult, before: Look, { now, rises }: Found): Comparison {
  const smallest = Math.min(shown.controlUnits, shown.treatmentUnits);
  const p = runningP(before.p, now.pValueNow ?? 1, smallest, MIN_UNITS_PER_ARM);
  const look = p < before.p ? { ...before, p, rises } : before;
  const pValue = now.pValueNow === null && look.p === 1 ? null : look.p;
  const result: MetricResult = { ...shown, ...now, worstExcess: now.worstExcess ?? null, pValue };
  const isTooFew = smallest < MIN_UNITS_PER_ARM && now.verdict !== 'undefined' && now.reason !== 'before-planned-end';
  return { look, result: isTooFew ? { ...result, verdict: 'insufficientData', reason: 'insufficient-data' } : result };
}

function liftOf(
  tracked: TrackedMetric,
  control: Moments,
  treatment: Moments,
  plan: AnalysisPlan,
): Pick<MetricResult, 'lift' | 'liftInterval' | 'liftReason' | 'improvement'> {
  const [c, t] = [summaryIn(0, control), summaryIn(0, treatment)];
  const relative = relativeLift(c, t);
  const unknown = { lift: null, liftInterval: null, improvement: null } as const;
  if (!isAnswer(relative)) return { ...unknown, liftReason: relative.reason };
  if (isNearZero(c)) return { ...unknown, liftReason: 'control-mean-near-zero' };
  const { lift } = relative;
  const interval = usedTest(tracked, plan) === 'mannWhitney' ? 'compared-by-ranks' : liftRange(relative, c, t, plan);
  return {
    lift,
    improvement: tracked.goal === 'increase' ? lift : -lift,
    ...(isInterval(interval) ? { liftInterval: interval, liftReason: null } : { liftInterval: null, liftReason: interval }),
  };
}

/** Or why there is none. */
function liftRange(
  relative: Parameters<typeof liftInterval>[0],
  control: SampleSummary,
  treatment: SampleSummary,
  { method, isAtEnd, tuning }: AnalysisPlan,
): Interval | MetricReason {
  if (method === 'sequence') {
    const set = liftSet(control, treatment, sequenceMultiplier(control.n + treatment.n, tuning));
    return isAnswer(set) ? [set.lower, set.upper] : set.reason;
  }
  if (!isAtEnd) return 'before-planned-end';
  if (!(relative.standardError > 0)) return 'zero-variance';
  const range = liftInterval(relative, tuning.alpha);
  return range.every(Number.isFinite) ? range : 'out-of-range';
}

function isInterval(found: Interval | MetricReason): found is Interval {
  return typeof found !== 'string';
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
