/** A metric as text again. */
import type { MetricQuery } from '@sluice/core';

/** Its longest name: `p95` and `p95(latency)` are one. */
export function metricName(metric: MetricQuery): string {
  switch (metric.kind) {
    case 'errorRate':
      return 'errorRate';
    case 'quantile':
      return `p${String(metric.q).slice(2).padEnd(2, '0')}(${metric.metric})`;
    default:
      return `${metric.kind}(${metric.metric})`;
  }
}
