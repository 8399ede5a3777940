/** What people may do to a webhook, as whole changes. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { EventType } from '../event-type.ts';
import { jsonEqual } from '../json.ts';
import { unknownEnvironment } from '../project/plan-project.ts';
import { environmentOf, type Project } from '../project/project.ts';
import { projectScope } from '../scope.ts';
import { type Delivery, newDelivery } from './delivery.ts';
import type { WebhookSettings } from './settings.ts';
import type { Webhook } from './webhook.ts';

export interface WebhookFacts {
  readonly project: Project;
  readonly key: string;
  /** As kept, also when it is a deleted one. */
  readonly kept: Webhook | undefined;
  readonly delivery: Delivery | undefined;
  /** Of the log: a new webhook hears of what comes after. */
  readonly seq: number;
}

/** Creates the webhook, with `secret`, or merges into what is there. Null when nothing changes. */
export function planSetWebhook(
  facts: WebhookFacts,
  settings: WebhookSettings,
  secret: string,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  const { project, key, kept } = facts;
  const before = kept?.deletedAt === null ? kept : undefined;
  const stranger = settings.environments?.find((name) => environmentOf(project, name) === undefined);
  if (stranger !== undefined) return unknownEnvironment(project, stranger);
  if (before === undefined && settings.url === undefined)
    return refuse(`webhook "${key}": /url must be given for a new one`, 'invalid', [
      { path: '/url', message: 'must be given for a new one' },
    ]);
  const edited: Webhook = { ...(before ?? newWebhook(facts, secret, now)), ...settings };
  if (before !== undefined && jsonEqual(before, edited)) return null;
  const webhook: Webhook = { ...edited, revision: (kept?.revision ?? 0) + 1, updatedAt: now };
  const event = eventOf(before === undefined ? 'webhook.created' : 'webhook.updated', webhook, by, now);
  // Where it was off, what happened meanwhile is not told afterwards.
  const begins = before === undefined || (before.isDisabled && !webhook.isDisabled);
  return { records: begins ? [webhook, beginning(facts)] : [webhook], events: [event] };
}

/** A new secret; the old one signs nothing more. */
export function planRenewWebhookSecret(
  kept: Webhook | undefined,
  secret: string,
  by: Attribution,
  now: number,
): Change | Refusal {
  if (kept === undefined || kept.deletedAt !== null) return noWebhook();
  return changed({ ...kept, secret }, 'webhook.secretRenewed', by, now);
}

export function planDeleteWebhook(kept: Webhook | undefined, by: Attribution, now: number): Change | Refusal {
  if (kept === undefined || kept.deletedAt !== null) return noWebhook();
  return changed({ ...kept, deletedAt: now }, 'webhook.deleted', by, now);
}

function changed(webhook: Webhook, type: EventType, by: Attribution, now: number): Change {
  const after: Webhook = { ...webhook, revision: webhook.revision + 1, updatedAt: now };
  return { records: [after], events: [eventOf(type, after, by, now)] };
}

function noWebhook(): Refusal {
  return refuse('there is no such webhook', 'notFound');
}

function beginning({ project, key, delivery, seq }: WebhookFacts): Delivery {
  const fresh = newDelivery(projectScope(project.key), key, seq);
  return { ...fresh, deadLetters: delivery?.deadLetters ?? [], revision: (delivery?.revision ?? 0) + 1 };
}

function newWebhook({ project, key }: WebhookFacts, secret: string, now: number): Webhook {
  return {
    kind: 'webhook',
    scope: projectScope(project.key),
    key,
    revision: 0,
    url: '',
    format: 'standard',
    types: [],
    environments: [],
    secret,
    isDisabled: false,
    deletedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
