/** Webhooks of projects, and how far each has been told. What asks their URLs follows the log and is the server's. */
import {
  type Change,
  type Delivery,
  delivered,
  failed,
  type GoneAnswer,
  type LoggedEvent,
  newDelivery,
  type PublicWebhook,
  parseWebhookSettings,
  planDeleteWebhook,
  planRenewWebhookSecret,
  planSetWebhook,
  planWebhookGone,
  projectScope,
  publicRecord,
  type Refusal,
  resent,
  revisionRefusal,
  SluiceError,
  type Webhook,
  type WebhookSettings,
} from '@sluice/core';
import {
  attributionOf,
  checkOptions,
  EDIT_OPTIONS,
  type EditOptions,
  MUTATION_OPTIONS,
  type MutationOptions,
  requestOf,
} from '../mutation.ts';
import { newWebhookSecret } from './token-secret.ts';
import type { WorkspaceRuntime } from './workspace-runtime.ts';

export interface WebhookDetails {
  readonly webhook: PublicWebhook;
  /** How far it has been told, and what it could not be told. */
  readonly delivery: Delivery;
  /** What signatures are made with: only where it was just made. */
  readonly secret: string | null;
}

/** Why it was switched off, for whoever looks. */
const GONE = { actor: 'system', reason: 'its receiver answered 410 Gone: it is to be told nothing more' } as const;

export class WebhookManager {
  readonly #workspace: WorkspaceRuntime;

  constructor(workspace: WorkspaceRuntime) {
    this.#workspace = workspace;
  }

  /** Creates the webhook or merges into what is there. It is told what happens from then on. @throws SluiceError `invalid`, `notFound`, `conflict` */
  async set(project: string, key: string, settings: WebhookSettings, options: EditOptions = {}): Promise<WebhookDetails> {
    const by = this.#attribution(options, EDIT_OPTIONS);
    const parsed = parseWebhookSettings(key, settings);
    const made = newWebhookSecret();
    const { directory, shared } = this.#workspace;
    await this.#commit(project, options, (now) => {
      const [kept, delivery] = [directory.webhook(project, key), directory.delivery(project, key)];
      const facts = { project: directory.project(project), key, kept, delivery, seq: shared.seq };
      const revision = kept?.deletedAt === null ? kept.revision : undefined;
      return revisionRefusal(`webhook "${key}"`, revision, options.ifRevision) ?? planSetWebhook(facts, parsed, made, by, now);
    });
    return this.#details(project, key, made);
  }

  /** The old secret signs nothing more. @throws SluiceError `notFound` */
  async renewSecret(project: string, key: string, options: MutationOptions = {}): Promise<WebhookDetails> {
    const by = this.#attribution(options);
    const made = newWebhookSecret();
    const { directory } = this.#workspace;
    await this.#commit(project, options, (now) => planRenewWebhookSecret(directory.webhook(project, key), made, by, now));
    return this.#details(project, key, made);
  }

  /** @throws SluiceError `notFound` */
  async delete(project: string, key: string, options: MutationOptions = {}): Promise<void> {
    const by = this.#attribution(options);
    const { directory } = this.#workspace;
    await this.#commit(project, options, (now) => planDeleteWebhook(directory.webhook(project, key), by, now));
  }

  /** In order of key. @throws SluiceError `notFound` */
  list(project: string): WebhookDetails[] {
    const webhooks = this.#workspace.directory.webhooks(this.#workspace.directory.project(project).key);
    return webhooks.map(({ key }) => this.#details(project, key, null)).sort((a, b) => (a.webhook.key < b.webhook.key ? -1 : 1));
  }

  /** For whoever tells them: the webhooks of all projects with their secrets, which leave the program only as signatures. */
  following(): { readonly webhook: Webhook; readonly delivery: Delivery }[] {
    const { directory } = this.#workspace;
    return directory
      .webhooks()
      .flatMap((webhook) => (webhook.isDisabled ? [] : [{ webhook, delivery: this.#delivery(webhook) }]));
  }

  /** Keeps that everything up to `seq` was told, or is none that the webhook wants. */
  async noteDelivered(project: string, key: string, seq: number): Promise<Delivery> {
    return this.#note(project, key, (delivery) => delivered(delivery, seq));
  }

  /** Keeps that the event could not be told; after the last attempt it is a dead letter. */
  async noteFailed(project: string, key: string, event: Pick<LoggedEvent, 'seq' | 'type'>, problem: string): Promise<Delivery> {
    return this.#note(project, key, (delivery, webhook, now) => failed(delivery, webhook, event, problem, now));
  }

  /** Keeps that its receiver says that it is gone for good: the event is a dead letter, and the webhook is switched off. */
  async noteGone(project: string, key: string, answer: GoneAnswer): Promise<Delivery> {
    const { directory } = this.#workspace;
    await this.#commit(project, {}, (now) => {
      const webhook = directory.webhook(project, key);
      if (webhook === undefined) return noWebhook();
      return planWebhookGone(webhook, this.#delivery(webhook), answer, GONE, now);
    });
    return directory.delivery(project, key) ?? newDelivery(projectScope(project), key, 0);
  }

  /** Keeps that a dead letter was taken after all. */
  async noteResent(project: string, key: string, seq: number): Promise<Delivery> {
    return this.#note(project, key, (delivery) => resent(delivery, seq));
  }

  async #note(
    project: string,
    key: string,
    next: (delivery: Delivery, webhook: Webhook, now: number) => Delivery,
  ): Promise<Delivery> {
    const { directory } = this.#workspace;
    await this.#commit(project, {}, (now) => {
      const webhook = directory.webhook(project, key);
      if (webhook === undefined) return noWebhook();
      const before = this.#delivery(webhook);
      const after = next(before, webhook, now);
      return after === before ? null : { records: [after], events: [] };
    });
    return directory.delivery(project, key) ?? newDelivery(projectScope(project), key, 0);
  }

  #delivery({ scope, key }: Webhook): Delivery {
    return this.#workspace.directory.delivery(scope.project, key) ?? newDelivery(scope, key, 0);
  }

  /** `made` is told where it is the webhook's secret now. */
  #details(project: string, key: string, made: string | null): WebhookDetails {
    const webhook = this.#workspace.directory.webhook(project, key);
    if (webhook === undefined) throw new SluiceError('unavailable', `the webhook "${key}" was kept and cannot be read back`);
    const secret = made !== null && webhook.secret === made ? made : null;
    return { webhook: publicRecord(webhook), delivery: this.#delivery(webhook), secret };
  }

  #attribution(options: MutationOptions, known = MUTATION_OPTIONS): ReturnType<typeof attributionOf> {
    checkOptions('notifications', options, known);
    return attributionOf(options);
  }

  #commit(project: string, options: MutationOptions, decide: (now: number) => Change | Refusal | null): Promise<unknown> {
    return this.#workspace.commit({ decide, scopes: [projectScope(project)], request: requestOf(options) });
  }
}

function noWebhook(): Refusal {
  return { refused: 'there is no such webhook', code: 'notFound' };
}
