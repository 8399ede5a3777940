/** Webhooks over HTTP. */
import type { WebhookDetails } from 'sluice';
import type { HandlersOf } from './handler.ts';
import { within } from './within.ts';

export const WEBHOOK_HANDLERS: HandlersOf<'webhooks'> = {
  'webhooks.list': ({ workspace, params }) => ({ webhooks: workspace.notifications.list(params.project).map(shownWebhook) }),
  'webhooks.set': async ({ workspace, params, body, by }) =>
    withSecret(await within('/settings', () => workspace.notifications.set(params.project, params.key, body.settings, by))),
  'webhooks.renewSecret': async ({ workspace, params, by }) =>
    withSecret(await workspace.notifications.renewSecret(params.project, params.key, by)),
  'webhooks.delete': async ({ workspace, params, by }) => {
    await workspace.notifications.delete(params.project, params.key, by);
    return undefined;
  },
};

export function shownWebhook({ webhook, delivery }: WebhookDetails) {
  const { key, url, format, types, environments, isDisabled, revision } = webhook;
  const { deadCount, failingSince, retryAt, deadLetters } = delivery;
  return { key, url, format, types, environments, isDisabled, revision, deadCount, failingSince, retryAt, deadLetters };
}

function withSecret(details: WebhookDetails) {
  return { webhook: shownWebhook(details), secret: details.secret };
}
