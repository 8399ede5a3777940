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

/** What the samples of a window come to, by series. */
export interface Readings {
  /** Null when there is no sample in the window. */
  read(series: NamedSeries): Reading | null;
  /** The instant of the newest sample that is kept at all; null without any. */
  newestAt(series: NamedSeries): number | null;
  readonly spanMs: number;
}

export interface NamedSeries {
  readonly kind: SeriesKind;
  readonly name: string;
}

const WHOLE_RING: SliceRange = { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };
const REQUESTED: NamedSeries = { kind: 'counter', name: REQUESTS };
const FAILED: NamedSeries = { kind: 'counter', name: ERRORS };

/** The figure of the matching series together. Overflow is an `error`, never a value. */
export function measureSeries(query: MetricQuery, { index, filter, range, spanMs }: Measured): Measurement {
  const read = ({ kind, name }: NamedSeries, slices: SliceRange): Reading | null =>
    readSeries(index.matching(kind, name, filter), slices);
  return measureReadings(query, {
    read: (series) => read(series, range),
    newestAt: (series) => read(series, WHOLE_RING)?.at ?? null,
    spanMs,
  });
}

/** What a query is measured by: first the series whose silence is no data. */
export function seriesOf(query: MetricQuery): readonly [NamedSeries, ...NamedSeries[]] {
  if (query.kind === 'errorRate') return [REQUESTED, FAILED];
  return [{ kind: query.kind === 'rate' ? 'counter' : 'value', name: query.metric }];
}

export function measureReadings(query: MetricQuery, readings: Readings): Measurement {
  switch (query.kind) {
    case 'errorRate':
      return measureErrorRate(readings);
    case 'rate':
      return measure(query, readings, (reading) => (reading.sum * 1000) / readings.spanMs);
    case 'mean':
      return measure(query, readings, (reading) => reading.sum / reading.samples);
    case 'quantile':
      return measure(query, readings, (reading) => quantileOf(reading, query.q));
  }
}

/** Errors per request: no errors among some requests is 0, no requests is no data. Requests, not calls of `count`, are the samples. */
function measureErrorRate(readings: Readings): Measurement {
  const requests = readings.read(REQUESTED);
  if (requests === null || requests.sum === 0) return noData(readings, REQUESTED);
  const errors = readings.read(FAILED)?.sum ?? 0;
  return valueOrError(errors / requests.sum, requests.sum, requests.at);
}

function measure(query: MetricQuery, readings: Readings, figure: (reading: Reading) => number | null): Measurement {
  const [series] = seriesOf(query);
  const reading = readings.read(series);
  const value = reading === null ? null : figure(reading);
  if (reading === null || value === null) return noData(readings, series);
  return valueOrError(value, series.kind === 'counter' ? reading.sum : reading.samples, reading.at);
}

function valueOrError(value: number, samples: number, at: number): Measurement {
  if (Number.isFinite(value) && Number.isFinite(samples)) return { kind: 'value', value, samples, at };
  return { kind: 'error', cause: 'provider', message: 'its parts are too far from each other to be divided' };
}

/** With the instant of the newest sample that is kept at all, so that the silence can be told in words. */
function noData(readings: Readings, series: NamedSeries): Measurement {
  return { kind: 'noData', at: readings.newestAt(series) };
}
