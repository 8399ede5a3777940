/** What the notifier needs of webhooks: who wants what, how far each has been told, and where that is kept. */
import type { GoneAnswer, LoggedEvent, Scope } from '@sluice/core';

export interface FollowingWebhook {
  /** `project` is whose events it hears of. */
  readonly scope: Scope;
  readonly key: string;
  readonly url: string;
  readonly format: 'standard' | 'slack';
  readonly secret: string;
}

export interface DeliveryState {
  /** Every event up to here was told, given up, or is none that the webhook wants. */
  readonly cursor: number;
  /** The next attempt is not before, in milliseconds since 1970; null while it works. */
  readonly retryAt: number | null;
}

/** Kept with the records, so that whichever replica sends next begins where the last one was; a workspace's `notifications` is one. */
export interface WebhookBook<Webhook extends FollowingWebhook = FollowingWebhook> {
  /** Those that are told of events, with their secrets. */
  following(): readonly { readonly webhook: Webhook; readonly delivery: DeliveryState }[];
  /** Keeps that everything up to `seq` was told. Never sets the cursor back. */
  noteDelivered(project: string, key: string, seq: number): Promise<DeliveryState>;
  /** Keeps that the event could not be told and when to try again; after the last attempt it is a dead letter and the next event's turn. */
  noteFailed(project: string, key: string, event: Pick<LoggedEvent, 'seq' | 'type'>, problem: string): Promise<DeliveryState>;
  /** Keeps that the receiver says that it is gone for good: the event is a dead letter, and the webhook is followed no more. */
  noteGone(project: string, key: string, answer: GoneAnswer): Promise<DeliveryState>;
  /** Keeps that a dead letter was taken after all. */
  noteResent(project: string, key: string, seq: number): Promise<DeliveryState>;
}
