/** Keeps, per stage of a rollout, which units met an error or were slow: requests may be many, the people who met them are what counts. */
import { currentStage, hashDigits, hashOfKey, isEnded, isUsableKey, type Rollout, slowMetricOf } from '@sluice/core';
import { slowSubject, stageSubject } from './exposure-watches.ts';
import type { MetricsCollector } from './metrics/metrics-collector.ts';
import type { MetricLabels } from './metrics/sample.ts';
import type { Runtime } from './runtime.ts';

/** Errors are counted as `count('errors', { flag, variant, unit })`, values recorded as `observe('latency', ms, { flag, variant, unit })`. */
export function recordErrorUnits(runtime: Runtime, metrics: MetricsCollector): void {
  const stop = metrics.listen((kind, name, value, labels) => {
    const { flag, unit } = labels;
    if (flag === undefined || unit === undefined || (kind === 'count' && (name !== 'errors' || value <= 0))) return;
    const rollout = runtime.view.rollouts.get(flag);
    const stage = rollout === undefined || isEnded(rollout.phase) ? null : currentStage(rollout.phase);
    if (rollout === undefined || stage === null || !isUsableKey(unit) || unit === '') return;
    if (kind === 'count') note(runtime, stageSubject(rollout, stage), 'errors', labels);
    else for (const subject of slowSubjects(rollout, stage, name, value)) note(runtime, subject, 'slow', labels);
  });
  runtime.onClose(stop);
}

/** Where a value of the stage is slow by one of its criteria. */
function slowSubjects(rollout: Rollout, stage: number, name: string, value: number): readonly string[] {
  const criteria = rollout.plan.stages[stage]?.criteria ?? [];
  const limits = criteria.flatMap((criterion) => {
    const { slowerThan } = criterion;
    return slowerThan !== undefined && value > slowerThan && slowMetricOf(criterion) === name ? [slowerThan] : [];
  });
  return [...new Set(limits)].map((limit) => slowSubject(rollout, stage, name, limit));
}

function note(runtime: Runtime, subject: string, metric: string, { variant, unit }: MetricLabels): void {
  if (variant === undefined || unit === undefined) return;
  const digits = hashDigits(hashOfKey(unit));
  runtime.facts.expose(subject, digits, variant);
  runtime.facts.record({ subject, unit: digits, arm: variant, metric, value: 1, rules: { aggregation: 'max' } });
}
