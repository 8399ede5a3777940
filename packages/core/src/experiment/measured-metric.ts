/** What was recorded of a metric in one arm, as a method takes it. */
import { emptyMoments, type Moments, varianceOf, withZeros } from '../analysis/moments.ts';
import type { SampleSummary } from '../statistics/sample-summary.ts';
import type { TrackedMetric } from './experiment.ts';
import { armTotals, type MetricTotals, ownEntry, type SubjectTotals } from './ledger.ts';

/** `found` is undefined for a declared one of which nothing was recorded. */
export interface MeasuredMetric {
  readonly tracked: TrackedMetric;
  readonly found: MetricTotals | undefined;
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

/** With the mean relative to `shift`: the difference of two means near 1e9 then keeps its digits. */
export function summaryIn(shift: number, moments: Moments): SampleSummary {
  return { n: moments.n, mean: moments.mean + (moments.shift - shift), variance: varianceOf(moments) ?? 0 };
}
