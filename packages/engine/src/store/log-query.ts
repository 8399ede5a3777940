/** Which events a query asks for. */
import { type LoggedEvent, SluiceError, sameScope } from '@sluice/core';
import type { LogQuery } from './store.ts';

export const MAX_LOG_LIMIT = 1000;

/** @throws SluiceError `invalid` for a limit outside 1 to 1000 */
export function limitOf(query: LogQuery): number {
  const { limit = 100 } = query;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LOG_LIMIT) return limit;
  throw new SluiceError(
    'invalid',
    `a log query's limit must be a whole number from 1 to ${MAX_LOG_LIMIT}; it is ${String(limit)}`,
  );
}

/** `events` in order of sequence; the answer in the order that the query asks for. */
export function queryEvents(events: readonly LoggedEvent[], query: LogQuery): LoggedEvent[] {
  const found = events.filter((event) => isAskedFor(event, query));
  return (query.newestFirst === true ? found.reverse() : found).slice(0, limitOf(query));
}

function isAskedFor(event: LoggedEvent, query: LogQuery): boolean {
  return (
    event.seq > (query.after ?? 0) &&
    sameScope(event.scope, query.scope) &&
    (query.kind === undefined || event.kind === query.kind) &&
    (query.key === undefined || event.key === query.key) &&
    (query.types === undefined || query.types.includes(event.type))
  );
}
