/** Which events a query asks for. */

import { type LoggedEvent, SluiceError, sameScope } from '@sluice/core';
import { describeValue } from '../failure.ts';
import type { LogQuery } from './store.ts';

export const MAX_LOG_LIMIT = 1000;

/** @throws SluiceError `invalid` for a limit outside 1 to 1000 */
export function limitOf(query: LogQuery): number {
  const { limit = 100 } = query;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LOG_LIMIT) return limit;
  throw new SluiceError(
    'invalid',
    `a log query's limit must be a whole number from 1 to ${MAX_LOG_LIMIT}; it is ${describeValue(limit)}`,
  );
}

/** `events` in order of sequence; the answer in the order that the query asks for. */
export function queryEvents(events: readonly LoggedEvent[], query: LogQuery): LoggedEvent[] {
  return queryBatches([events], query);
}

/** Batches in the order that the query asks for, the events of each in order of sequence. No more of them are taken than are needed. */
export function queryBatches(batches: Iterable<readonly LoggedEvent[]>, query: LogQuery): LoggedEvent[] {
  const limit = limitOf(query);
  const found: LoggedEvent[] = [];
  for (const batch of batches) {
    const asked = batch.filter((event) => isAskedFor(event, query));
    found.push(...(query.newestFirst === true ? asked.reverse() : asked).slice(0, limit - found.length));
    if (found.length >= limit) break;
  }
  return found;
}

function isAskedFor(event: LoggedEvent, query: LogQuery): boolean {
  return (
    event.seq > (query.after ?? 0) &&
    event.seq < (query.before ?? Number.POSITIVE_INFINITY) &&
    (query.request === undefined || event.receipt?.id === query.request) &&
    sameScope(event.scope, query.scope) &&
    (query.kind === undefined || event.kind === query.kind) &&
    (query.key === undefined || event.key === query.key) &&
    (query.types === undefined || query.types.includes(event.type))
  );
}
