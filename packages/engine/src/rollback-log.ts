/** Which rollbacks the log tells of. */
import { type EventType, type LoggedEvent, ROLLBACK_EVENTS, rollbacksAmong, type Scope } from '@sluice/core';
import { limitOf, MAX_LOG_LIMIT } from './store/log-query.ts';
import type { LogQuery, Store } from './store/store.ts';

const TYPES = Object.keys(ROLLBACK_EVENTS) as EventType[];

/** The newest first, at most `limit` of them. @throws SluiceError `invalid` for a limit outside 1 to 1000 */
export async function newestRollbacks(
  store: Store,
  scope: Scope,
  { flag, limit }: { readonly flag: string | undefined; readonly limit: number },
): Promise<readonly LoggedEvent[]> {
  const wanted = limitOf({ scope, limit });
  const query: LogQuery = { scope, types: TYPES, newestFirst: true, ...(flag === undefined ? {} : { key: flag }) };
  // Most have two of these events: their own, and that of the kill that they are, or of their end.
  const size = Math.min(2 * wanted, MAX_LOG_LIMIT);
  const events: LoggedEvent[] = [];
  for (;;) {
    const oldest = events.at(-1)?.seq;
    const page = await store.log({ ...query, limit: size, ...(oldest === undefined ? {} : { before: oldest }) });
    events.push(...page);
    const rollbacks = rollbacksAmong(events);
    if (rollbacks.length >= wanted || page.length < size) return rollbacks.slice(0, wanted);
  }
}
