/** Criteria measured by any HTTP endpoint that answers with JSON. */

import { type Issue, type Measurement, type MetricQuery, SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { describeValue } from '../failure.ts';
import {
  type Answered,
  badQuery,
  boundedFetch,
  type Fetch,
  parseSourceHeaders,
  parseSourceUrl,
  providerError,
  type Unmeasured,
} from './bounded-fetch.ts';
import { CriterionTurns } from './criterion-turns.ts';
import { parseCountEvery, wholeCounts } from './event-counts.ts';
import { metricName } from './metric-name.ts';
import { type EventCount, METRIC_DEADLINE_MS, type MeasuredRange, type MetricSource } from './metric-source.ts';

export interface HttpJsonSourceOptions {
  /**
   * Asked with GET. `{metric}`, `{flag}`, `{variant}`, `{slowerThan}`, `{from}` and `{to}` (milliseconds since 1970) in its path or query are filled in. Without
   * `{metric}` the answer is the same whatever a criterion's metric is called.
   */
  readonly url: string;
  /** JSON pointer to the value in the answer, such as `/data/errorRate`; `""` is the whole answer. */
  readonly pointer: string;
  /** JSON pointer to how many requests or observations the value is made of. */
  readonly samples: string;
  /** JSON pointer to when the newest of them was taken, milliseconds since 1970; without it, the end of the time that was asked for. */
  readonly newestAt?: string;
  /** JSON pointer to how many of the samples were errors, or above `{slowerThan}`: `versusControl` compares these, of both sides. */
  readonly events?: string;
  /** How far apart comparisons count, in milliseconds. A minute if absent; 1000 or more. */
  readonly countEveryMs?: number;
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the deadline of 10 s is measured by; the system's clock if absent. */
  readonly clock?: Clock;
  /** How the request is sent; the global `fetch` if absent. */
  readonly fetch?: Fetch;
}

/** Statuses by which a server says that the question is wrong. */
const REFUSED: ReadonlySet<number> = new Set([400, 422]);
const PLACEHOLDER = /\{(metric|flag|variant|slowerThan|from|to)\}/g;
const LONGEST_EXCERPT = 200;

/**
 * A metric source for `addMetricSource`. `null` at the pointer, and status 204, are no data; 400 and 422, and anything else there than a number, are `error`
 * with the cause `badQuery`; other statuses, and what is no JSON, are `provider`. One request is in flight per criterion; an answer has 10 s and at most 1 MiB.
 * @throws SluiceError `invalid` naming the bad option
 */
export function httpJsonSource(options: HttpJsonSourceOptions): MetricSource {
  checkUrl(options.url);
  const pointers = parsePointers(options);
  const headers = parseSourceHeaders({ accept: 'application/json', ...options.headers });
  const clock = options.clock ?? systemClock();
  const turns = new CriterionTurns(clock);
  const send = options.fetch ?? fetch;
  return {
    countEveryMs: parseCountEvery(options.countEveryMs),
    countEvents: ({ metric, slowerThan }, range) => {
      const { samples, events } = pointers;
      if (events === null) return badQuery('the source has no pointer "events", which a comparison counts');
      if (range.to <= range.from) return { kind: 'noData', at: null };
      const url = new URL(filledIn(options.url, metric, { ...range, slowerThan }));
      const deadline = { clock, at: clock.now() + METRIC_DEADLINE_MS };
      return boundedFetch(url, { headers }, { ...deadline, fetch: send }).then((answer) =>
        answer.kind === 'answered' ? countsIn(answer, samples, events) : answer,
      );
    },
    measure: (metric, range) => {
      const url = new URL(filledIn(options.url, metric, range));
      return turns.take(metric, range, async (deadline) => {
        const answer = await boundedFetch(url, { headers }, { ...deadline, fetch: send });
        return answer.kind === 'answered' ? read(answer, pointers, range.to) : answer;
      });
    },
  };
}

interface Pointers {
  readonly value: readonly string[];
  readonly samples: readonly string[];
  readonly newestAt: readonly string[] | null;
  readonly events: readonly string[] | null;
}

function read(answer: Answered, pointers: Pointers, asOf: number): Measurement {
  const found = bodyOf(answer);
  if ('kind' in found) return found;
  const { body } = found;
  const [value, samples] = [numberAt(body, pointers.value), numberAt(body, pointers.samples)];
  const at = pointers.newestAt === null ? asOf : numberAt(body, pointers.newestAt);
  for (const one of [value, samples, at]) if (typeof one === 'object' && one !== null) return one;
  if (typeof value !== 'number' || typeof samples !== 'number' || typeof at !== 'number') return { kind: 'noData', at: null };
  if (samples < 0) return badQuery(`the number of samples is ${samples}; a count is not negative`);
  return { kind: 'value', value, samples: Math.floor(samples), at: Math.min(at, asOf) };
}

function countsIn(answer: Answered, samples: readonly string[], events: readonly string[]): EventCount {
  const found = bodyOf(answer);
  if ('kind' in found) return found;
  const [all, some] = [numberAt(found.body, samples), numberAt(found.body, events)];
  for (const one of [all, some]) if (typeof one === 'object' && one !== null) return one;
  return typeof all === 'number' && typeof some === 'number' ? wholeCounts(all, some) : { kind: 'noData', at: null };
}

/** What stands in the answer, or why nothing does. */
function bodyOf({ status, text }: Answered): { readonly body: unknown } | Exclude<Measurement, { kind: 'value' }> {
  if (status === 204) return { kind: 'noData', at: null };
  if (status < 200 || status > 299) {
    const message = `the source answered ${status}: ${text.slice(0, LONGEST_EXCERPT)}`;
    return REFUSED.has(status) ? badQuery(message) : providerError(message);
  }
  try {
    return { body: JSON.parse(text) };
  } catch {
    return providerError(`the source answered ${status} with something that is not JSON: ${text.slice(0, LONGEST_EXCERPT)}`);
  }
}

/** Null is the source's way to say that there is none. */
function numberAt(body: unknown, parts: readonly string[]): number | null | Unmeasured {
  const found = parts.reduce<unknown>(partOf, body);
  if (found === null) return null;
  const where = JSON.stringify(parts.map((part) => `/${part}`).join(''));
  if (typeof found !== 'number')
    return badQuery(`at ${where} of the answer stands ${found === undefined ? 'nothing' : `a ${typeof found}`}, not a number`);
  if (Number.isFinite(found)) return found;
  return { kind: 'error', cause: 'noData', message: `at ${where} of the answer stands ${found}, which says nothing` };
}

/** Of a list only its elements: how long it is does not stand in the answer. */
function partOf(value: unknown, part: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return Array.isArray(value) && !/^\d+$/.test(part) ? undefined : (value as Record<string, unknown>)[part];
}

function filledIn(
  url: string,
  metric: MetricQuery,
  { flag = '', variant = '', from, to, slowerThan = null }: MeasuredRange & { readonly slowerThan?: number | null },
): string {
  const words: Readonly<Record<string, string>> = {
    metric: metricName(metric),
    flag,
    variant,
    slowerThan: String(slowerThan ?? ''),
    from: String(from),
    to: String(to),
  };
  return url.replace(PLACEHOLDER, (_, name: string) => encodeURIComponent(words[name] ?? ''));
}

/** A name must not choose the server that is asked. */
function checkUrl(url: string): void {
  const { origin } = parseSourceUrl(url);
  if (/^https?:\/\/[^/?#]*\{/i.test(url))
    throw invalid({ path: '/url', message: `must name its server without placeholders; it is ${describeValue(origin)}` });
}

function parsePointers({ pointer, samples, newestAt, events }: HttpJsonSourceOptions): Pointers {
  return {
    value: parsePointer(pointer, '/pointer'),
    samples: parsePointer(samples, '/samples'),
    newestAt: newestAt === undefined ? null : parsePointer(newestAt, '/newestAt'),
    events: events === undefined ? null : parsePointer(events, '/events'),
  };
}

/** RFC 6901. */
function parsePointer(pointer: unknown, path: string): readonly string[] {
  if (typeof pointer !== 'string' || !/^(\/([^~]|~[01])*)?$/.test(pointer)) {
    const message = `must be a JSON pointer, such as /data/value; it is ${describeValue(pointer)}`;
    throw invalid({ path, message });
  }
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function invalid(issue: Issue): SluiceError {
  return new SluiceError('invalid', `HTTP JSON source: ${issue.path} ${issue.message}`, { issues: [issue] });
}
