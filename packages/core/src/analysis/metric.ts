/** What a criterion measures, read out of its short name. */

import type { Issue } from '../error.ts';
import { shown } from '../flag/shown.ts';

export type MetricQuery =
  /** Errors over requests: the counters `errors` and `requests`. */
  | { readonly kind: 'errorRate' }
  | { readonly kind: 'quantile'; readonly metric: string; readonly q: number }
  | { readonly kind: 'mean'; readonly metric: string }
  /** Counted per second. */
  | { readonly kind: 'rate'; readonly metric: string };

const QUANTILES: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 };
const FORM = /^(mean|rate|p50|p90|p95|p99|p999)\(([^()]+)\)$/;

/** `errorRate`, `p95` (of `latency`), or a function of a named metric: `mean(accuracy)`, `p99(render)`, `rate(orders)`. */
export function parseMetric(text: string, path = ''): MetricQuery | Issue {
  if (text === 'errorRate') return { kind: 'errorRate' };
  const [, name = text, metric = 'latency'] = FORM.exec(text) ?? [];
  const q = Object.hasOwn(QUANTILES, name) ? QUANTILES[name] : undefined;
  if (q !== undefined) return { kind: 'quantile', metric, q };
  if (name !== text && (name === 'mean' || name === 'rate')) return { kind: name, metric };
  return {
    path,
    message: `must be errorRate, p50, p90, p95, p99, p999, or mean(…), rate(…), p95(…) of a named metric; it is ${shown(text)}`,
  };
}
