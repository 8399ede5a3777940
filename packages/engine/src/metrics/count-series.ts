/** Counts requests and the events among them, for a comparison where units are not known. */
import { countAbove } from '@sluice/core';
import { ERRORS, REQUESTS } from './error-rate.ts';
import { wholeCounts } from './event-counts.ts';
import type { Measured } from './measure.ts';
import type { EventCount, EventQuery } from './metric-source.ts';
import { readSeries } from './reading.ts';
import type { SeriesKind } from './series.ts';

type Counted = Pick<Measured, 'index' | 'filter' | 'range'>;

export function countSeries({ metric, slowerThan }: EventQuery, measured: Counted): EventCount {
  const read = (kind: SeriesKind, name: string) =>
    readSeries(measured.index.matching(kind, name, measured.filter), measured.range);
  if (metric.kind === 'errorRate') {
    const requests = read('counter', REQUESTS);
    return requests === null ? NO_DATA : wholeCounts(requests.sum, read('counter', ERRORS)?.sum ?? 0);
  }
  if (metric.kind !== 'quantile' || slowerThan === null)
    return { kind: 'error', cause: 'badQuery', message: 'only errors and values above a limit are counted' };
  const values = read('value', metric.metric);
  if (values === null) return NO_DATA;
  const above = values.slices.reduce((sum, { sketch }) => sum + (sketch === null ? 0 : countAbove(sketch, slowerThan)), 0);
  return wholeCounts(values.samples, above);
}

const NO_DATA: EventCount = { kind: 'noData', at: null };
