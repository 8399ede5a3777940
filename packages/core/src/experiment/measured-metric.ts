/** What was recorded of a metric in one arm, as a method takes it. */
import { type CrossMoments, emptyCrossMoments } from '../analysis/cross-moments.ts';
import { emptyMoments, type Moments, withZeros } from '../analysis/moments.ts';
import { type Answer, isAnswer } from '../statistics/answer.ts';
import { ratioSummary } from '../statistics/ratio-metric.ts';
import type { SampleSummary } from '../statistics/sample-summary.ts';
import type { TrackedMetric } from './experiment.ts';
import { armTotals, type MetricTotals, type SubjectTotals } from './ledger.ts';
import { ownEntry } from './own-entry.ts';
import { pairedArm } from './paired-arm.ts';

/** `found` is undefined for a declared one of which nothing was recorded. */
export interface MeasuredMetric {
  readonly tracked: TrackedMetric;
  readonly found: MetricTotals | undefined;
  /** What it is divided by; absent where it is by nothing. */
  readonly denominator?: MeasuredMetric;
}

/** The values of an arm as any method for means takes them: of a ratio its own mean and variance (delta method). */
export function momentsOf(metric: MeasuredMetric, totals: SubjectTotals, arm: string): Moments | null {
  const { denominator } = metric;
  if (denominator === undefined) return valuesOf(metric, totals, arm);
  const ratio = ratioOf(metric, denominator, totals, arm);
  if (ratio === null || !isAnswer(ratio)) return null;
  return { n: ratio.n, mean: ratio.mean, m2: ratio.variance * (ratio.n - 1), shift: 0 };
}

/** Null where nothing was recorded of what it is divided by. */
function ratioOf(
  metric: MeasuredMetric,
  denominator: MeasuredMetric,
  totals: SubjectTotals,
  arm: string,
): Answer<SampleSummary> | null {
  const below = valuesOf(denominator, totals, arm);
  const pairs = pairsOf(metric, totals, arm);
  const paired = below === null ? null : pairedArm(pairs, below, 0);
  // In whole means: a ratio needs them, whatever their shift.
  return below === null || paired === null
    ? null
    : ratioSummary({ ...paired, meanX: paired.meanX + pairs.x.shift, meanY: paired.meanY + below.shift });
}

/** The units of an arm whose ratio is none, since what it is divided by is 0 for all of them together; null where it is one, or no ratio. */
export function undividedUnits(metric: MeasuredMetric, totals: SubjectTotals, arm: string): number | null {
  const { denominator } = metric;
  // Where nothing was recorded of it yet there is too little, and not nothing to divide by.
  if (denominator?.found === undefined) return null;
  const ratio = ratioOf(metric, denominator, totals, arm);
  if (ratio === null || isAnswer(ratio) || ratio.reason !== 'zero-denominator') return null;
  return valuesOf(denominator, totals, arm)?.n ?? 0;
}

/** Whether values of the arm, or of what they are divided by, were such that no double holds their moments. */
export function isOutOfRange({ tracked, denominator }: MeasuredMetric, totals: SubjectTotals, arm: string): boolean {
  const moments = ownEntry(armTotals(totals, arm).metrics, tracked.name);
  if (moments !== undefined && !isHeld(moments)) return true;
  return denominator !== undefined && isOutOfRange(denominator, totals, arm);
}

function isHeld({ mean, m2 }: Moments): boolean {
  return Number.isFinite(mean) && Number.isFinite(m2);
}

/** Over the units whose covariate or numerator is known. */
export function pairsOf({ tracked, found }: MeasuredMetric, totals: SubjectTotals, arm: string): CrossMoments {
  const shift = found?.shift ?? 0;
  return ownEntry(armTotals(totals, arm).pairs ?? {}, tracked.name) ?? emptyCrossMoments(shift, shift);
}

/**
 * An exposed unit without a value did the thing no times: it counts as 0 in a sum, a count and a maximum, also where nobody in the arm has a
 * value. A mean of no values is none.
 */
function valuesOf({ tracked, found }: MeasuredMetric, totals: SubjectTotals, arm: string): Moments | null {
  const { exposed, metrics } = armTotals(totals, arm);
  const moments = ownEntry(metrics, tracked.name);
  const isByUser = found === undefined || found.unit === 'user';
  const countsZeros = isByUser && (found?.aggregation ?? tracked.aggregation) !== 'mean';
  const known = moments ?? emptyMoments(found?.shift ?? 0);
  const whole = countsZeros ? withZeros(known, exposed - known.n) : known;
  return whole.n === 0 || !isHeld(whole) ? null : whole;
}
