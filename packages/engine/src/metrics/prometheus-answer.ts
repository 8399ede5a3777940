/** What an answer of Prometheus' HTTP API says, read so that nothing but one plain number is ever taken for one. */
import type { Answered, Unmeasured } from './bounded-fetch.ts';
import { badQuery, providerError } from './bounded-fetch.ts';

/** One number and the instant it was taken at, milliseconds since 1970. */
export interface Figure {
  readonly kind: 'figure';
  readonly value: number;
  readonly at: number;
}

export interface NoFigure {
  readonly kind: 'noData';
}

/** Errors that asking again would give again. */
const HOPELESS: ReadonlySet<unknown> = new Set(['bad_data', 'execution']);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const LONGEST_EXCERPT = 200;

/** An empty vector and NaN are no data; warnings are a partial answer, and so none. */
export function readPrometheus({ status, text }: Answered): Figure | NoFigure | Unmeasured {
  const envelope = parsed(text);
  if (envelope === null || (envelope.status !== 'success' && envelope.status !== 'error'))
    return providerError(`Prometheus answered ${status} with something that is not its protocol: ${excerpt(text)}`);
  if (envelope.status === 'error') {
    const message = `Prometheus answered ${status}, ${String(envelope.errorType)}: ${excerpt(String(envelope.error))}`;
    return HOPELESS.has(envelope.errorType) ? badQuery(message) : providerError(message);
  }
  if (status < 200 || status > 299) return providerError(`Prometheus answered ${status}`);
  const { warnings } = envelope;
  if (Array.isArray(warnings) && warnings.length > 0)
    return providerError(`Prometheus answered in part only: ${excerpt(warnings.map(String).join('; '))}`);
  return readData(envelope.data);
}

function readData(data: unknown): Figure | NoFigure | Unmeasured {
  const { resultType, result } = isObject(data) ? data : {};
  if (resultType === 'scalar') return readSample(result);
  if (resultType === 'vector' && Array.isArray(result)) return readVector(result);
  if (resultType === 'matrix' || resultType === 'string')
    return badQuery(`the query gives a ${resultType}; it must give one number, as an instant vector of one series or a scalar`);
  return providerError(`Prometheus answered with no result that is known: ${excerpt(JSON.stringify(data) ?? '')}`);
}

function readVector(series: readonly unknown[]): Figure | NoFigure | Unmeasured {
  const [only] = series;
  if (series.length === 0) return { kind: 'noData' };
  if (series.length > 1) return badQuery(`the query gives ${series.length} series; make them one, as with sum(…)`);
  if (isObject(only) && 'histogram' in only)
    return badQuery('the query gives a native histogram; make it a number, as with histogram_quantile(…)');
  return readSample(isObject(only) ? only.value : undefined);
}

function readSample(sample: unknown): Figure | NoFigure | Unmeasured {
  const [at, text] = Array.isArray(sample) ? (sample as readonly unknown[]) : [];
  if (typeof at !== 'number' || typeof text !== 'string') return notASample(sample);
  if (text === 'NaN') return { kind: 'noData' };
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return { kind: 'figure', value, at: Math.round(at * 1000) };
  if (!/^[+-]?Inf$/.test(text)) return notASample(sample);
  return { kind: 'error', cause: 'noData', message: `Prometheus answered ${text}, which says nothing` };
}

function notASample(sample: unknown): Unmeasured {
  return providerError(
    `Prometheus answered with a sample that is not [time, "number"]: ${excerpt(JSON.stringify(sample) ?? '')}`,
  );
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function excerpt(text: string): string {
  return text.length <= LONGEST_EXCERPT ? text : `${text.slice(0, LONGEST_EXCERPT)}…`;
}
