/** Keeps, per stage of a rollout, what is compared of units: who met an error, who was slow, and the mean of what each met. */
import type { MetricsCollector } from './metrics/metrics-collector.ts';
import type { Runtime } from './runtime.ts';
import { stageUnitsOf, tellOf } from './stage-units.ts';

/** Errors are counted as `count('errors', { flag, variant, unit })`, values recorded as `observe('latency', ms, { flag, variant, unit })`. */
export function recordComparedUnits(runtime: Runtime, metrics: MetricsCollector): void {
  const stop = metrics.listen((kind, name, value, labels) => {
    if (labels.flag === undefined) return;
    for (const met of stageUnitsOf(runtime.view, { kind, name, value, labels })) tellOf(met, runtime.facts);
  });
  runtime.onClose(stop);
}
