/** Notifiers over one log and one book of webhooks, with a real receiver. One world at a time: tests of a file run one after the other. */
import { DEFAULT_SCOPE, eventOf, type LoggedEvent, newFlag } from '@sluice/core';
import { type ManualClock, manualClock, memoryStore, type Store } from 'sluice';
import { expect } from 'vitest';
import { guardedFetch } from '../outbound/guarded-fetch.ts';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import { type Received, type Receiver, receiver } from '../receiver.testing.ts';
import { newSigningSecret } from '../signing/standard-webhook.ts';
import { Notifier, type NotifierParts } from './notifier.ts';
import { MemoryWebhookBook } from './webhook-book.testing.ts';
import type { FollowingWebhook } from './webhook-book.ts';

const STAGING = { project: 'default', environment: 'staging' };
const scopes = [DEFAULT_SCOPE, STAGING];
export const secret = newSigningSecret();
export const DELAYS = [5_000, 300_000];

export let clock: ManualClock;
export let store: Store;
export let book: MemoryWebhookBook;
export let service: Receiver;
export let problems: unknown[];
export const notifiers: Notifier<FollowingWebhook>[] = [];

/** For `beforeEach`. */
export async function openWorld(): Promise<void> {
  clock = manualClock(Date.now());
  store = memoryStore();
  book = new MemoryWebhookBook(clock, DELAYS);
  service = await receiver();
  problems = [];
  book.webhooks.push({ scope: DEFAULT_SCOPE, key: 'hook', url: service.url, format: 'standard', secret });
}

/** For `afterEach`. */
export async function closeWorld(): Promise<void> {
  for (const notifier of notifiers.splice(0)) await notifier.close();
  await service.close();
}

export function notifier(more: Partial<NotifierParts<FollowingWebhook>> = {}): Notifier<FollowingWebhook> {
  const fetch = guardedFetch({ policy: parseOutboundPolicy('127.0.0.1'), clock });
  const made = new Notifier<FollowingWebhook>({
    ...{ store, clock, book, fetch, random: () => 0 },
    scopesOf: () => scopes,
    wantsEvent: (webhook, { type }) => webhook.key !== 'kills' || type === 'flag.killed',
    publicEvent: ({ seq, key, type, actor, reason, scope }) => ({ seq, key, type, actor, reason, scope }),
    link: ({ key }) => `https://sluice.example.com/flags/${key}`,
    onProblem: (error) => problems.push(error),
    ...more,
  });
  notifiers.push(made);
  return made;
}

let made = 0;
/** An event in the log. */
export async function happen(
  type: LoggedEvent['type'] = 'flag.created',
  scope = made % 2 === 0 ? DEFAULT_SCOPE : STAGING,
): Promise<void> {
  const flag = { ...newFlag(`flag-${++made}`, scope, clock.now()), revision: 1 };
  await store.commit({ records: [flag], events: [eventOf(type, flag, { actor: 'ann', reason: 'because' }, clock.now())] });
}

/** Lets what is under way over the network come to its end: in real time, while the clock stands. */
export async function settled(until: () => boolean): Promise<void> {
  const look = async (): Promise<boolean> => {
    await clock.advance(0);
    return until();
  };
  await expect.poll(look, { timeout: 20_000, interval: 2 }).toBe(true);
}

export const ids = (received: readonly Received[] = service.received): unknown[] =>
  received.map(({ headers }) => headers['webhook-id']);
export const cursorIs = (seq: number) => () => book.of('hook').cursor === seq;
