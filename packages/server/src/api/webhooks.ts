/** Webhooks over HTTP. */
import { SluiceError, type WebhookDetails } from 'sluice';
import { invalid } from '../http-problem.ts';
import type { WorkspaceNotifier } from '../notifications/workspace-notifier.ts';
import type { HandlersOf } from './handler.ts';
import { within } from './within.ts';

export const WEBHOOK_HANDLERS: HandlersOf<'webhooks'> = {
  'webhooks.list': ({ workspace, params }) => ({ webhooks: workspace.notifications.list(params.project).map(shownWebhook) }),
  'webhooks.set': async ({ workspace, outbound, params, body, by }) => {
    const { settings } = body;
    return withSecret(
      await within('/settings', async () => {
        if (settings.url !== undefined) await outbound.check(settings.url, '/url');
        return workspace.notifications.set(params.project, params.key, settings, by);
      }),
    );
  },
  'webhooks.test': ({ notifier, params }) => sending(notifier()).test(params.project, params.key),
  'webhooks.resend': ({ notifier, params }) => sending(notifier()).resend(params.project, params.key, wholeNumber(params.seq)),
  'webhooks.renewSecret': async ({ workspace, params, by }) =>
    withSecret(await workspace.notifications.renewSecret(params.project, params.key, by)),
  'webhooks.delete': async ({ workspace, params, by }) => {
    await workspace.notifications.delete(params.project, params.key, by);
    return undefined;
  },
};

export function shownWebhook({ webhook, delivery }: WebhookDetails) {
  const { key, url, format, types, environments, isDisabled, revision } = webhook;
  const { deadCount, failingSince, retryAt, goneAt = null, deadLetters } = delivery;
  return { key, url, format, types, environments, isDisabled, revision, deadCount, failingSince, retryAt, goneAt, deadLetters };
}

/** @throws SluiceError `unavailable` */
function sending(notifier: WorkspaceNotifier | null): WorkspaceNotifier {
  if (notifier !== null) return notifier;
  throw new SluiceError('unavailable', 'this process does not send to webhooks');
}

/** @throws HttpProblem 400 */
function wholeNumber(seq: string): number {
  if (/^[1-9]\d{0,14}$/.test(seq)) return Number(seq);
  const message = `must be the seq of an event, a whole number from 1; it is "${seq}"`;
  throw invalid(`path/seq ${message}`, [{ path: 'path/seq', message }]);
}

function withSecret(details: WebhookDetails) {
  return { webhook: shownWebhook(details), secret: details.secret };
}
