/** The metrics of a test: those that it declares and those that were recorded. */
import type { Experiment, TrackedMetric } from './experiment.ts';
import type { MetricTotals, SubjectTotals } from './ledger.ts';
import type { MeasuredMetric } from './measured-metric.ts';
import { trackedMetric } from './metric.ts';
import { ownEntry } from './own-entry.ts';

/**
 * Those that are declared, in their order: that nothing was recorded of one, no purchases at all, is a finding too. Then what else was recorded, by name, so that
 * the order in which values came, another on each replica, decides nothing.
 */
export function measuredMetrics(experiment: Experiment, totals: SubjectTotals): MeasuredMetric[] {
  const declaredOnes = experiment.trackedMetrics.map((tracked) => ({ tracked, found: ownEntry(totals.metrics, tracked.name) }));
  const others = Object.entries(totals.metrics)
    .filter(([name]) => !experiment.trackedMetrics.some((tracked) => tracked.name === name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, found]) => ({ tracked: foundMetric(experiment, name, found), found }));
  const all: readonly MeasuredMetric[] = [...declaredOnes, ...others];
  return all.map((metric) => {
    const denominator = all.find(({ tracked }) => tracked.name === metric.tracked.per);
    return denominator === undefined ? metric : { ...metric, denominator };
  });
}

/** One that was recorded and not declared is primary if it came early, unless others were declared. */
function foundMetric(experiment: Experiment, name: string, found: MetricTotals): TrackedMetric {
  return { ...trackedMetric(name), role: experiment.trackedMetrics.length > 0 ? 'secondary' : found.foundRole };
}
