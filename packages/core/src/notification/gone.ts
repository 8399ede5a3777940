/** A receiver that says that it is gone for good: its webhook is switched off, and nothing is tried again. */
import type { Change } from '../change.ts';
import { type Attribution, eventOf } from '../event.ts';
import { type DeadLetter, type Delivery, failed, givenUp } from './delivery.ts';
import type { Webhook } from './webhook.ts';

/** What was answered by that receiver, and by which. */
export interface GoneAnswer {
  /** That could not be told. */
  readonly event: Pick<DeadLetter, 'seq' | 'type'>;
  /** In words. */
  readonly problem: string;
  /** The webhook's when it was asked. */
  readonly askedUrl: string;
}

/**
 * The event is a dead letter at once. A webhook that is off by now, or has another URL, was not asked there: that is a failure as any other. Null where
 * the event was told meanwhile.
 */
export function planWebhookGone(
  webhook: Webhook,
  delivery: Delivery,
  { event, problem, askedUrl }: GoneAnswer,
  by: Attribution,
  now: number,
): Change | null {
  if (event.seq <= delivery.cursor) return null;
  const isInUse = !webhook.isDisabled && webhook.deletedAt === null;
  if (!isInUse || webhook.url !== askedUrl) return { records: [failed(delivery, webhook, event, problem, now)], events: [] };
  const off: Webhook = { ...webhook, isDisabled: true, revision: webhook.revision + 1, updatedAt: now };
  const gone: Delivery = { ...givenUp(delivery, webhook, event, problem, now), goneAt: now };
  return { records: [off, gone], events: [eventOf('webhook.updated', off, by, now)] };
}
