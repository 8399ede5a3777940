/** Turns the samples of a window into the figure that a criterion asks for, or says why there is none. */
import type { Measurement, MetricQuery } from '@sluice/core';
import { ERRORS, REQUESTS } from './error-rate.ts';
import { quantileOf, type Reading, readSeries } from './reading.ts';
import type { SeriesKind } from './series.ts';
import type { SeriesFilter, SeriesIndex } from './series-index.ts';
import type { SliceRange } from './window.ts';

/** The samples to measure. `spanMs`, the length of time they were watched for, is what rates are divided by. */
export interface Measured {
  readonly index: SeriesIndex;
  readonly filter: SeriesFilter;
  readonly range: SliceRange;
  readonly spanMs: number;
}

const WHOLE_RING: SliceRange = { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };

/** The figure of the matching series together. Overflow is an `error`, never a value. */
export function measureSeries(query: MetricQuery, measured: Measured): Measurement {
  switch (query.kind) {
    case 'errorRate':
      return measureErrorRate(measured);
    case 'rate':
      return measure(measured, 'counter', query.metric, (reading) => (reading.sum * 1000) / measured.spanMs);
    case 'mean':
      return measure(measured, 'value', query.metric, (reading) => reading.sum / reading.samples);
    case 'quantile':
      return measure(measured, 'value', query.metric, (reading) => quantileOf(reading, query.q));
  }
}

/** Errors per request: no errors among some requests is 0, no requests is no data. Requests, not calls of `count`, are the samples. */
function measureErrorRate(measured: Measured): Measurement {
  const requests = read(measured, 'counter', REQUESTS);
  if (requests === null || requests.sum === 0) return noData(measured, 'counter', REQUESTS);
  const errors = read(measured, 'counter', ERRORS)?.sum ?? 0;
  return valueOrError(errors / requests.sum, requests.sum, requests.at);
}

function measure(measured: Measured, kind: SeriesKind, name: string, figure: (reading: Reading) => number | null): Measurement {
  const reading = read(measured, kind, name);
  const value = reading === null ? null : figure(reading);
  if (reading === null || value === null) return noData(measured, kind, name);
  return valueOrError(value, kind === 'counter' ? reading.sum : reading.samples, reading.at);
}

function valueOrError(value: number, samples: number, at: number): Measurement {
  if (Number.isFinite(value) && Number.isFinite(samples)) return { kind: 'value', value, samples, at };
  return { kind: 'error', cause: 'provider', message: 'the samples are too large to add up' };
}

/** With the instant of the newest sample that is kept at all, so that the silence can be told in words. */
function noData({ index, filter }: Measured, kind: SeriesKind, name: string): Measurement {
  const kept = readSeries(index.matching(kind, name, filter), WHOLE_RING);
  return { kind: 'noData', at: kept?.at ?? null };
}

function read({ index, filter, range }: Measured, kind: SeriesKind, name: string): Reading | null {
  return readSeries(index.matching(kind, name, filter), range);
}
