/** What the process's own collector measures of what a flag serves before a rollout. */
import { type Flag, type PresentFigures, parseMetric } from '@sluice/core';
import type { Clock } from './clock/clock.ts';
import type { MetricSource } from './metrics/metric-source.ts';

/** Others are asked over the network, and an advice answers at once. */
const OWN_SOURCE = 'collector';

export function presentFigures(
  sources: ReadonlyMap<string, MetricSource>,
  flag: Flag,
  clock: Pick<Clock, 'now'>,
): PresentFigures {
  return ({ source, metric, windowMs }) => {
    const query = parseMetric(metric);
    const own = source === OWN_SOURCE ? sources.get(source) : undefined;
    if (own === undefined || 'message' in query) return null;
    const to = clock.now();
    const measured = own.measure(query, { flag: flag.key, variant: flag.offVariant, from: to - windowMs, to });
    if (!(measured instanceof Promise)) return measured;
    measured.catch(() => {});
    return null;
  };
}
