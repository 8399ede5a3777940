/** The webhook record: where events of a project are told. */
import type { EventType } from '../event-type.ts';
import type { Scope } from '../scope.ts';

/** `standard` is signed as Standard Webhooks; `slack` is a message for people, as Slack takes it. */
export const WEBHOOK_FORMATS = ['standard', 'slack'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

export interface Webhook {
  readonly kind: 'webhook';
  /** `{ project, environment: '*' }`. */
  readonly scope: Scope;
  readonly key: string;
  readonly revision: number;
  readonly url: string;
  readonly format: WebhookFormat;
  /** Types of events, or all of a kind as in `rollout.*`; empty is every event. */
  readonly types: readonly string[];
  /** Keys of environments; empty is all of them, and what concerns the whole project. */
  readonly environments: readonly string[];
  /** What signatures are made with, given by the shell. Never leaves. */
  readonly secret: string;
  readonly isDisabled: boolean;
  /** A deleted key may be used again. */
  readonly deletedAt: number | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Whether the event is to be told there. */
export function wantsEvent(webhook: Webhook, { type, scope }: { readonly type: EventType; readonly scope: Scope }): boolean {
  const { types, environments } = webhook;
  if (webhook.isDisabled || webhook.deletedAt !== null || scope.project !== webhook.scope.project) return false;
  if (environments.length > 0 && !environments.includes(scope.environment)) return false;
  return types.length === 0 || types.includes(type) || types.includes(`${type.slice(0, type.indexOf('.'))}.*`);
}

/** Scheme and host: what follows them is the secret of many a receiver. */
export function publicUrl({ url }: Pick<Webhook, 'url'>): string {
  const origin = /^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? '';
  return origin === url ? origin : `${origin}/…`;
}
