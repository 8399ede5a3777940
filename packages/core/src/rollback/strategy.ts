/** By which events the log knows a rollback, and of which kind it is. */
import type { LoggedEvent, SluiceEvent } from '../event.ts';
import type { EventType } from '../event-type.ts';

export const ROLLBACK_EVENTS = {
  'flag.killed': 'immediate',
  'rollback.immediate': 'immediate',
  'rollback.gradual': 'gradual',
  'rollback.targeted': 'targeted',
  'rollout.rolledBack': 'automatic',
} as const satisfies Partial<Record<EventType, string>>;
export type RollbackStrategyName = (typeof ROLLBACK_EVENTS)[keyof typeof ROLLBACK_EVENTS];

/** Null for an event that begins no rollback; the end of a gradual one is such. */
export function rollbackStrategyOf({ type, detail }: Pick<SluiceEvent, 'type' | 'detail'>): RollbackStrategyName | null {
  if (!(type in ROLLBACK_EVENTS) || (type === 'rollout.rolledBack' && detail.cause === 'gradual')) return null;
  // A person who rejects a stage takes it back at once; only harm does so by itself.
  if (detail.cause === 'rejected') return 'immediate';
  return ROLLBACK_EVENTS[type as keyof typeof ROLLBACK_EVENTS];
}

type Told = Pick<LoggedEvent, 'seq' | 'key' | 'type' | 'detail'>;

/** Those that begin a rollback, each act once: of a kill that was asked for as a rollback, the log tells by two events one after the other, of which the second counts. */
export function rollbacksAmong<Event extends Told>(events: readonly Event[]): readonly Event[] {
  const named = new Set(events.filter(({ type }) => type === 'rollback.immediate').map(({ seq, key }) => `${seq} ${key}`));
  return events.filter(
    (event) =>
      rollbackStrategyOf(event) !== null && !(event.type === 'flag.killed' && named.has(`${event.seq + 1} ${event.key}`)),
  );
}
