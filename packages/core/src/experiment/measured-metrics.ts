/** The metrics of a test: those that it declares and those that were recorded. */
import type { Experiment, TrackedMetric } from './experiment.ts';
import type { MetricTotals, SubjectTotals } from './ledger.ts';
import type { MeasuredMetric } from './measured-metric.ts';
import { trackedMetric } from './metric.ts';
import { ownEntry } from './own-entry.ts';

/** Those that were recorded, and the declared ones of which nothing was: no purchases at all are a finding too. */
export function measuredMetrics(experiment: Experiment, totals: SubjectTotals): MeasuredMetric[] {
  const found = Object.entries(totals.metrics).map(([name, metric]) => ({
    tracked: declared(experiment, name, metric),
    found: metric,
  }));
  const silent = experiment.trackedMetrics
    .filter((tracked) => ownEntry(totals.metrics, tracked.name) === undefined)
    .map((tracked) => ({ tracked, found: undefined }));
  const all: readonly MeasuredMetric[] = [...found, ...silent];
  return all.map((metric) => {
    const denominator = all.find(({ tracked }) => tracked.name === metric.tracked.per);
    return denominator === undefined ? metric : { ...metric, denominator };
  });
}

/** A declared metric is as declared. One that was found is primary if it came early, unless others were declared. */
function declared(experiment: Experiment, name: string, found: MetricTotals): TrackedMetric {
  const tracked = experiment.trackedMetrics.find((metric) => metric.name === name);
  if (tracked !== undefined) return tracked;
  return { ...trackedMetric(name), role: experiment.trackedMetrics.length > 0 ? 'secondary' : found.foundRole };
}
