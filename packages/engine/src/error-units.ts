/** Keeps, per stage of a rollout, which units met an error: requests may be many, the people who met them are what counts. */
import { currentStage, hashDigits, hashOfKey, isEnded, isUsableKey } from '@sluice/core';
import { stageSubject } from './exposure-watches.ts';
import type { MetricsCollector } from './metrics/metrics-collector.ts';
import type { Runtime } from './runtime.ts';

/** Errors are counted as `count('errors', { flag, variant, unit })`. */
export function recordErrorUnits(runtime: Runtime, metrics: MetricsCollector): void {
  const stop = metrics.listen((kind, name, _value, { flag, variant, unit }) => {
    if (kind !== 'count' || name !== 'errors' || flag === undefined || variant === undefined || unit === undefined) return;
    const rollout = runtime.view.rollouts.get(flag);
    const stage = rollout === undefined || isEnded(rollout.phase) ? null : currentStage(rollout.phase);
    if (rollout === undefined || stage === null || !isUsableKey(unit) || unit === '') return;
    const subject = stageSubject(rollout, stage);
    const digits = hashDigits(hashOfKey(unit));
    runtime.facts.expose(subject, digits, variant);
    runtime.facts.record({ subject, unit: digits, arm: variant, metric: 'errors', value: 1, rules: { aggregation: 'max' } });
  });
  runtime.onClose(stop);
}
