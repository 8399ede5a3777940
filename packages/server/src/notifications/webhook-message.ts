/** One event as the request that tells a webhook of it. */
import type { LoggedEvent } from '@sluice/core';
import { SluiceError } from '@sluice/core';
import type { Fetch } from 'sluice';
import { signedHeaders } from '../signing/standard-webhook.ts';
import { slackMessage } from './slack-message.ts';
import type { FollowingWebhook } from './webhook-book.ts';

export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface MessageParts {
  /** What of an event may leave the program. */
  readonly publicEvent: (event: LoggedEvent) => object;
  /** The page of an event's record, for people; null where there is none. */
  readonly link: (event: LoggedEvent) => string | null;
}

/** The same whenever the event is told, so that a receiver knows a repetition. */
export function messageId({ seq }: Pick<LoggedEvent, 'seq'>): string {
  return `evt_${seq}`;
}

/** `now` in milliseconds since 1970 is when it is sent. */
export function messageOf(webhook: FollowingWebhook, event: LoggedEvent, now: number, parts: MessageParts): WebhookMessage {
  if (webhook.format === 'slack') return { headers: JSON_HEADERS, body: JSON.stringify(slackMessage(event, parts.link(event))) };
  const { type, at } = event;
  const data = parts.publicEvent(event);
  return signed(webhook, messageId(event), { type, timestamp: new Date(at).toISOString(), data }, now);
}

/** What a person sends to see whether it arrives. */
export function testMessage(webhook: FollowingWebhook, id: string, now: number): WebhookMessage {
  const text = `A test of the webhook "${webhook.key}": it arrives.`;
  if (webhook.format === 'slack') return { headers: JSON_HEADERS, body: JSON.stringify({ text }) };
  const data = { project: webhook.scope.project, webhook: webhook.key, message: text };
  return signed(webhook, id, { type: 'webhook.test', timestamp: new Date(now).toISOString(), data }, now);
}

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });

function signed({ secret }: FollowingWebhook, id: string, message: object, now: number): WebhookMessage {
  const body = JSON.stringify(message);
  return { headers: { ...JSON_HEADERS, ...signedHeaders(secret, id, now, body) }, body };
}

/** Why a message was not taken. */
export interface SendProblem {
  readonly message: string;
  /** The receiver says that it is gone for good and must be told nothing more, as Standard Webhooks has it of status 410. */
  readonly isGone: boolean;
}

const GONE = 410;

/** Null when the receiver has taken it, with a status from 200 to 299. Never rejects. */
export async function sendMessage(
  fetch: Fetch,
  url: string,
  message: WebhookMessage,
  signal: AbortSignal,
): Promise<SendProblem | null> {
  try {
    const { headers, body } = message;
    const response = await fetch(new URL(url), { method: 'POST', headers: { ...headers }, body, signal });
    if (response.status >= 200 && response.status <= 299) return null;
    const answer = `answered ${response.status}: ${(await response.text()).slice(0, 100)}`;
    return { message: answer, isGone: response.status === GONE };
  } catch (error) {
    const why = error instanceof SluiceError ? error.message : `could not be told: ${String(error)}`;
    return { message: why, isGone: false };
  }
}
