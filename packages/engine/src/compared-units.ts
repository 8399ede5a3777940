/** Keeps, per stage of a rollout, what is compared of units: who met an error, who was slow, and the mean of what each met. */
import {
  type ComparedBy,
  type Criterion,
  comparedMeanOf,
  currentStage,
  hashDigits,
  hashOfKey,
  isEnded,
  isUsableKey,
  type Rollout,
  slowMetricOf,
} from '@sluice/core';
import { meanSubject, slowSubject, stageSubject } from './exposure-watches.ts';
import type { MetricsCollector } from './metrics/metrics-collector.ts';
import type { MetricLabels } from './metrics/sample.ts';
import type { Runtime } from './runtime.ts';
import type { UnitValue } from './unit-buffer.ts';

/** Errors are counted as `count('errors', { flag, variant, unit })`, values recorded as `observe('latency', ms, { flag, variant, unit })`. */
export function recordComparedUnits(runtime: Runtime, metrics: MetricsCollector): void {
  const stop = metrics.listen((kind, name, value, labels) => {
    const { flag } = labels;
    if (flag === undefined || (kind === 'count' && (name !== 'errors' || value <= 0))) return;
    const rollout = runtime.view.rollouts.get(flag);
    const stage = rollout === undefined || isEnded(rollout.phase) ? null : currentStage(rollout.phase);
    if (rollout === undefined || stage === null) return;
    const hasUnit = labels.unit !== undefined && labels.unit !== '' && isUsableKey(labels.unit);
    if (kind === 'count') {
      if (hasUnit) note(runtime, stageSubject(rollout, stage), metOne('errors'), labels);
      return;
    }
    const criteria = rollout.plan.stages[stage]?.criteria ?? [];
    if (hasUnit) for (const subject of slowSubjects(rollout, stage, name, value)) note(runtime, subject, metOne('slow'), labels);
    if (criteria.some((criterion) => comparedMeanOf(criterion) === name))
      noteMean(runtime, (by) => meanSubject(rollout, stage, name, by), { name, value, labels, hasUnit });
  });
  runtime.onClose(stop);
}

/** Where a value of the stage is slow by one of its criteria. */
function slowSubjects(rollout: Rollout, stage: number, name: string, value: number): readonly string[] {
  const criteria: readonly Criterion[] = rollout.plan.stages[stage]?.criteria ?? [];
  const limits = criteria.flatMap((criterion) => {
    const { slowerThan } = criterion;
    return slowerThan !== undefined && value > slowerThan && slowMetricOf(criterion) === name ? [slowerThan] : [];
  });
  return [...new Set(limits)].map((limit) => slowSubject(rollout, stage, name, limit));
}

interface Observed {
  readonly name: string;
  readonly value: number;
  readonly labels: MetricLabels;
  readonly hasUnit: boolean;
}

/** Values without a unit stand apart, so that a stray one does not decide how the metric is kept. */
function noteMean(runtime: Runtime, subjectOf: (by: ComparedBy) => string, { name, value, labels, hasUnit }: Observed): void {
  if (hasUnit) note(runtime, subjectOf('units'), { metric: name, value, rules: { aggregation: 'mean' } }, labels);
  else if (labels.variant !== undefined) runtime.facts.observe(subjectOf('requests'), labels.variant, name, value);
}

type Noted = Pick<UnitValue, 'metric' | 'value' | 'rules'>;

/** However often a unit met it, it counts once. */
function metOne(metric: string): Noted {
  return { metric, value: 1, rules: { aggregation: 'max' } };
}

function note(runtime: Runtime, subject: string, noted: Noted, { variant, unit }: MetricLabels): void {
  if (variant === undefined || unit === undefined) return;
  const digits = hashDigits(hashOfKey(unit));
  runtime.facts.expose(subject, digits, variant);
  runtime.facts.record({ subject, unit: digits, arm: variant, ...noted });
}
