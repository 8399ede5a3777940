/** Webhooks: where events of a project are told, and what could not be told. */
import { type Delivery, WEBHOOK_FORMATS, type WebhookSettings } from '@sluice/core';
import { z } from 'zod';
import { defineRoute } from './route.ts';
import { count, objectOf, reason, revision } from './schema-parts.ts';

const P = '/api/v1/projects/:project/webhooks';
const webhook = z
  .object({
    key: z.string(),
    url: z.string().describe('Scheme and host; what follows is not told again'),
    format: z.enum(WEBHOOK_FORMATS),
    types: z.array(z.string()),
    environments: z.array(z.string()),
    isDisabled: z.boolean(),
    revision,
    deadCount: count.describe('How many events were given up in all'),
    failingSince: count.nullable(),
    retryAt: count.nullable(),
    goneAt: count
      .nullable()
      .describe(
        'When its receiver answered 410 Gone, and it was switched off for that; null where it did not, or since it is on again',
      ),
    deadLetters: z.array(objectOf<Delivery['deadLetters'][number]>('An event that was given up, and why')),
  })
  .meta({ id: 'Webhook' });
const withSecret = z.object({
  webhook,
  secret: z.string().nullable().describe('What signatures are made with: only where it was just made'),
});
const sent = z.object({
  isTaken: z.boolean().describe('Whether the receiver answered 200 to 299'),
  problem: z.string().nullable().describe('What went wrong, in words; null when it was taken'),
});
const manage = { permission: 'notifications.manage' } as const;

export const WEBHOOK_ROUTES = {
  'webhooks.list': defineRoute({
    ...manage,
    method: 'GET',
    path: P,
    summary: 'Webhooks of the project with their dead letters',
    answers: { 200: z.object({ webhooks: z.array(webhook) }) },
  }),
  'webhooks.set': defineRoute({
    ...manage,
    method: 'PATCH',
    path: `${P}/:key`,
    matchesRevision: true,
    isRecord: false,
    summary: 'Creates the webhook or merges settings into it; it is told what happens from then on',
    body: { settings: objectOf<WebhookSettings>('URL, format, types and environments'), reason },
    answers: { 200: withSecret },
  }),
  'webhooks.renewSecret': defineRoute({
    ...manage,
    method: 'POST',
    path: `${P}/:key/secret`,
    summary: 'Makes a new secret; the old one signs nothing more',
    body: { reason },
    answers: { 200: withSecret },
  }),
  'webhooks.test': defineRoute({
    ...manage,
    method: 'POST',
    path: `${P}/:key/test`,
    summary: 'Sends a message that says it is a test, and answers what came of it; nothing is kept',
    answers: { 200: sent },
    changes: false,
  }),
  'webhooks.resend': defineRoute({
    ...manage,
    method: 'POST',
    path: `${P}/:key/events/:seq/resend`,
    summary: 'Tells an event again under the id that it had; a dead letter that is taken is one no more',
    answers: { 200: sent },
    changes: false,
  }),
  'webhooks.delete': defineRoute({
    ...manage,
    method: 'DELETE',
    path: `${P}/:key`,
    summary: 'Tells it nothing more',
    query: { reason },
    answers: { 204: null },
  }),
} as const;
