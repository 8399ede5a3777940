/** Criteria measured by Prometheus, or whatever speaks its HTTP API (Thanos, Mimir, VictoriaMetrics). */

import { type Issue, type Measurement, parseMetric, SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { describeValue } from '../failure.ts';
import {
  badQuery,
  boundedFetch,
  type Deadline,
  type Fetch,
  parseSourceHeaders,
  parseSourceUrl,
  type Unmeasured,
} from './bounded-fetch.ts';
import { CriterionTurns } from './criterion-turns.ts';
import { parseCountEvery, wholeCounts } from './event-counts.ts';
import { metricName } from './metric-name.ts';
import { type EventCount, METRIC_DEADLINE_MS, type MeasuredRange, type MetricSource } from './metric-source.ts';
import { type Figure, type NoFigure, readPrometheus } from './prometheus-answer.ts';

/**
 * How a metric is asked for, in PromQL. `$flag` and `$variant` stand for the names as quoted texts, `$window` for the length of time that counts:
 * `sum(increase(http_requests_total{flag=$flag, variant=$variant}[$window]))`. Each query gives one number: one series, or a scalar.
 */
export interface PrometheusQuery {
  readonly value: string;
  /** How many requests or observations the value is made of: a figure alone does not tell, and `minSamples` asks. */
  readonly samples: string;
  /** When the newest of them was taken, seconds since 1970, as `max(timestamp(…))` gives it; without it, the instant of the query. */
  readonly newestAt?: string;
  /**
   * How many of the samples were errors, or for a quantile above `$slowerThan`: `versusControl` compares these, of both sides. In it and in `samples`
   * `$window` is then the time since the last count, and has to stand in both: `increase` knows counters that start anew with their process.
   */
  readonly events?: string;
}

export interface PrometheusSourceOptions {
  /** Where the server is; `/api/v1/query` is put behind its path. */
  readonly url: string;
  /** By the criterion's metric: `{ errorRate: { value, samples }, 'p95(render)': { … } }`. */
  readonly queries: Readonly<Record<string, PrometheusQuery>>;
  /** Sent with each request, as `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How far apart comparisons count, in milliseconds: at least two scrapes. A minute if absent; 1000 or more. */
  readonly countEveryMs?: number;
  /** What the deadline of 10 s is measured by; the system's clock if absent. */
  readonly clock?: Clock;
  /** How a request is sent; the global `fetch` if absent. */
  readonly fetch?: Fetch;
}

/**
 * A metric source for `addMetricSource`. No series, and NaN, are no data; several series, and queries that are refused, are `error` with the cause
 * `badQuery`; anything else that goes wrong is `provider`. One request is in flight per criterion; an answer has 10 s and at most 1 MiB.
 * @throws SluiceError `invalid` naming every bad option
 */
export function prometheusSource(options: PrometheusSourceOptions): MetricSource {
  const base = parseSourceUrl(options.url);
  const url = new URL(`${base.pathname.replace(/\/+$/, '')}/api/v1/query${base.search}`, base);
  const headers = parseSourceHeaders(options.headers);
  const queries = parseQueries(options.queries);
  const clock = options.clock ?? systemClock();
  const turns = new CriterionTurns(clock);
  const server = { url, headers, fetch: options.fetch ?? fetch };
  return {
    countEveryMs: parseCountEvery(options.countEveryMs),
    countEvents: ({ metric, slowerThan }, range) => {
      const { events, samples } = queries.get(metricName(metric)) ?? {};
      if (events === undefined || samples === undefined)
        return badQuery(`the Prometheus source has no query "events" for ${metricName(metric)}, which a comparison counts`);
      if (range.to - range.from < 1000) return { kind: 'noData', at: null };
      const deadline = { clock, at: clock.now() + METRIC_DEADLINE_MS };
      return count({ events, samples }, { ...range, slowerThan }, (promql) => ask(server, promql, range.to, deadline));
    },
    measure: (metric, range) => {
      const query = queries.get(metricName(metric));
      if (query === undefined)
        return badQuery(`no query for it among those of the Prometheus source: ${[...queries.keys()].join(', ')}`);
      if (range.to - range.from < 1000) return { kind: 'noData', at: null };
      return turns.take(metric, range, (deadline) => measure(query, range, (promql) => ask(server, promql, range.to, deadline)));
    },
  };
}

type Ask = (promql: string) => Promise<Figure | NoFigure | Unmeasured>;

/** One after the other, at the same instant, so that they speak of the same samples. */
async function measure(query: PrometheusQuery, range: MeasuredRange, ask: Ask): Promise<Measurement> {
  const value = await ask(filledIn(query.value, range));
  if (value.kind !== 'figure') return unmeasured(value);
  const samples = await ask(filledIn(query.samples, range));
  if (samples.kind !== 'figure') return unmeasured(samples);
  if (samples.value < 0) return badQuery(`the query for samples gives ${samples.value}; a count is not negative`);
  const measured = { kind: 'value', value: value.value, samples: Math.floor(samples.value) } as const;
  if (query.newestAt === undefined) return { ...measured, at: value.at };
  const newest = await ask(filledIn(query.newestAt, range));
  if (newest.kind !== 'figure') return unmeasured(newest);
  return { ...measured, at: Math.min(Math.round(newest.value * 1000), value.at) };
}

async function count(
  { events, samples }: Required<Pick<PrometheusQuery, 'events' | 'samples'>>,
  range: MeasuredRange & { readonly slowerThan: number | null },
  ask: Ask,
): Promise<EventCount> {
  const [some, all] = [await ask(filledIn(events, range)), await ask(filledIn(samples, range))];
  if (some.kind !== 'figure') return unmeasured(some);
  if (all.kind !== 'figure') return unmeasured(all);
  return wholeCounts(all.value, some.value);
}

function unmeasured(answer: NoFigure | Unmeasured): Exclude<Measurement, { kind: 'value' }> {
  return answer.kind === 'noData' ? { kind: 'noData', at: null } : answer;
}

async function ask(
  { url, headers, fetch }: { readonly url: URL; readonly headers: Headers; readonly fetch: Fetch },
  query: string,
  at: number,
  deadline: Deadline,
): Promise<Figure | NoFigure | Unmeasured> {
  // A server that goes on calculating for nobody is slower for the next one.
  const timeout = `${Math.max(1, Math.ceil(deadline.at - deadline.clock.now()))}ms`;
  const body = new URLSearchParams({ query, time: (at / 1000).toFixed(3), timeout });
  const answer = await boundedFetch(url, { method: 'POST', headers, body }, { ...deadline, fetch });
  return answer.kind === 'answered' ? readPrometheus(answer) : answer;
}

/** JSON's way to quote is one that PromQL reads, so that no name can end the text it stands in. */
function filledIn(promql: string, range: MeasuredRange & { readonly slowerThan?: number | null }): string {
  const { flag, variant, from, to, slowerThan } = range;
  const words = {
    $flag: JSON.stringify(flag ?? ''),
    $variant: JSON.stringify(variant ?? ''),
    $window: `${Math.floor((to - from) / 1000)}s`,
    $slowerThan: String(slowerThan ?? ''),
  };
  return promql.replace(/\$(?:flag|variant|window|slowerThan)\b/g, (word) => words[word as keyof typeof words]);
}

function parseQueries(given: PrometheusSourceOptions['queries']): Map<string, PrometheusQuery> {
  const queries = new Map<string, PrometheusQuery>();
  const issues: Issue[] = [];
  const entries: readonly [string, unknown][] = Object.entries(given ?? {});
  if (entries.length === 0) issues.push({ path: '/queries', message: 'must have a query for at least one metric' });
  for (const [name, query] of entries) {
    const path = `/queries/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const metric = parseMetric(name, path);
    const found = 'message' in metric ? [metric] : queryIssues(query, path);
    issues.push(...found);
    if (!('message' in metric) && found.length === 0) queries.set(metricName(metric), query as PrometheusQuery);
  }
  if (issues.length === 0) return queries;
  const [first] = issues;
  throw new SluiceError('invalid', `Prometheus source: ${first?.path} ${first?.message}`, { issues });
}

const OPTIONAL: ReadonlySet<string> = new Set(['newestAt', 'events']);
/** A comparison takes each interval once: a counter's whole value would bring the same errors again with every count. */
const COUNTS: ReadonlySet<string> = new Set(['samples', 'events']);

function queryIssues(query: unknown, path: string): Issue[] {
  const fields = (query ?? {}) as Readonly<Record<string, unknown>>;
  const isCounted = fields.events !== undefined;
  return (['value', 'samples', 'newestAt', 'events'] as const).flatMap((field) => {
    const text = fields[field];
    if (OPTIONAL.has(field) && text === undefined) return [];
    if (typeof text !== 'string' || text.trim() === '')
      return [{ path: `${path}/${field}`, message: `must be a query in PromQL; it is ${describeValue(text)}` }];
    if (!isCounted || !COUNTS.has(field) || /\$window\b/.test(text)) return [];
    return [
      { path: `${path}/${field}`, message: `must count what is new in $window, as increase(…[$window]) does; it is ${text}` },
    ];
  });
}
