/** The delivery record: how far a webhook has been told, and what it could not be told. At least once each, in the log's order. */
import type { EventType } from '../event-type.ts';
import type { Scope } from '../scope.ts';
import type { Webhook } from './webhook.ts';

export interface DeadLetter {
  /** The event's place in the log. */
  readonly seq: number;
  readonly type: EventType;
  /** When it was given up, in milliseconds since 1970. */
  readonly at: number;
  readonly attempts: number;
  /** What went wrong the last time, in words. */
  readonly problem: string;
}

export interface Delivery {
  readonly kind: 'delivery';
  /** The webhook's. */
  readonly scope: Scope;
  /** The webhook's. */
  readonly key: string;
  readonly revision: number;
  /** Every event up to here was told, given up, or is none that the webhook wants. */
  readonly cursor: number;
  /** Of the event that is being told. */
  readonly attempts: number;
  /** When the failures began that have not ended since; null while it works. Milliseconds since 1970. */
  readonly failingSince: number | null;
  /** The next attempt is not before; null while it works. */
  readonly retryAt: number | null;
  /** The newest last; at most 100, the oldest are dropped. */
  readonly deadLetters: readonly DeadLetter[];
  /** How many were given up in all. */
  readonly deadCount: number;
  /** When its receiver said that it is gone for good, and the webhook was switched off; absent where it did not, or since it is on again. */
  readonly goneAt?: number;
}

export const MAX_DEAD_LETTERS = 100;
const MAX_PROBLEM_LENGTH = 200;
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** What is waited after each failed attempt, as Standard Webhooks recommends (section "Retry schedule"); after the last the event is given up. */
export const RETRY_DELAYS_MS: readonly number[] = Object.freeze([
  5 * SECOND,
  300 * SECOND,
  1_800 * SECOND,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]);

export function newDelivery(scope: Scope, key: string, cursor: number): Delivery {
  return {
    kind: 'delivery',
    scope,
    key,
    revision: 0,
    cursor,
    attempts: 0,
    failingSince: null,
    retryAt: null,
    deadLetters: [],
    deadCount: 0,
  };
}

/** Everything up to `seq` was told, or is none that the webhook wants. */
export function delivered(delivery: Delivery, seq: number): Delivery {
  if (seq <= delivery.cursor) return delivery;
  return { ...delivery, revision: delivery.revision + 1, cursor: seq, attempts: 0, failingSince: null, retryAt: null };
}

/** A dead letter was taken after all; it is one no more. */
export function resent(delivery: Delivery, seq: number): Delivery {
  const deadLetters = delivery.deadLetters.filter((letter) => letter.seq !== seq);
  if (deadLetters.length === delivery.deadLetters.length) return delivery;
  return { ...delivery, revision: delivery.revision + 1, deadLetters };
}

/** The event could not be told. What of the webhook is secret is taken out of `problem`. What was told by another meanwhile is no failure. */
export function failed(
  delivery: Delivery,
  webhook: Webhook,
  event: Pick<DeadLetter, 'seq' | 'type'>,
  problem: string,
  now: number,
): Delivery {
  if (event.seq <= delivery.cursor) return delivery;
  const attempts = delivery.attempts + 1;
  const delay = RETRY_DELAYS_MS[attempts - 1];
  if (delay === undefined) return givenUp(delivery, webhook, event, problem, now);
  const failingSince = delivery.failingSince ?? now;
  return { ...delivery, revision: delivery.revision + 1, attempts, failingSince, retryAt: now + delay };
}

/** The event is a dead letter after this attempt, however many there were. What of the webhook is secret is taken out of `problem`. */
export function givenUp(
  delivery: Delivery,
  webhook: Webhook,
  event: Pick<DeadLetter, 'seq' | 'type'>,
  problem: string,
  now: number,
): Delivery {
  const attempts = delivery.attempts + 1;
  const letter: DeadLetter = { seq: event.seq, type: event.type, at: now, attempts, problem: harmless(problem, webhook) };
  return {
    ...delivery,
    revision: delivery.revision + 1,
    cursor: event.seq,
    attempts: 0,
    failingSince: delivery.failingSince ?? now,
    retryAt: null,
    deadLetters: [...delivery.deadLetters, letter].slice(-MAX_DEAD_LETTERS),
    deadCount: delivery.deadCount + 1,
  };
}

/** Errors of HTTP clients like to quote the URL that they asked, whole or from its path on. */
function harmless(problem: string, { url, secret }: Webhook): string {
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  const secrets = [url, secret, path.length > 1 ? path : ''].filter((text) => text !== '');
  return secrets.reduce((text, hidden) => text.replaceAll(hidden, '…'), problem).slice(0, MAX_PROBLEM_LENGTH);
}
