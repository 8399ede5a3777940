/** Tells webhooks of what happens: each follows the log from its own place, at least once and in order, and one replica of all sends. */
import { randomUUID } from 'node:crypto';
import { SluiceError } from '@sluice/core';
import type { Store } from 'sluice';
import { eventAt } from './event-feed.ts';
import { SenderLease } from './sender-lease.ts';
import type { FollowingWebhook } from './webhook-book.ts';
import { type LineParts, WebhookLine } from './webhook-line.ts';
import { messageOf, sendMessage, testMessage, type WebhookMessage } from './webhook-message.ts';

export interface NotifierParts<Webhook extends FollowingWebhook> extends Omit<LineParts<Webhook>, 'store' | 'random'> {
  readonly store: Pick<Store, 'log' | 'lease' | 'release' | 'follow'>;
  /** Names this process among the replicas; a new one unless given. */
  readonly holder?: string;
  /** `Math.random` unless given. */
  readonly random?: () => number;
}

/** What came of one message that a person sent. */
export interface SentMessage {
  readonly isTaken: boolean;
  /** What went wrong, in words; null when the receiver has taken it. */
  readonly problem: string | null;
}

export class Notifier<Webhook extends FollowingWebhook> {
  readonly #parts: NotifierParts<Webhook> & Pick<LineParts<Webhook>, 'random'>;
  readonly #lease: SenderLease;
  readonly #lines = new Map<string, WebhookLine<Webhook>>();
  readonly #stopFollowing: () => void;
  readonly #closing = new AbortController();

  /** Begins at once. */
  constructor(parts: NotifierParts<Webhook>) {
    const { store, clock, holder = randomUUID(), random = Math.random, onProblem } = parts;
    this.#parts = { ...parts, random };
    this.#lease = new SenderLease({ store, clock, holder, onProblem, onGained: () => this.#wakeAll() });
    this.#stopFollowing = store.follow(({ events }) => {
      if (events.length > 0) this.#wakeAll();
    });
    this.#lease.start();
  }

  /** Whether it is this replica that tells webhooks now. */
  get isSender(): boolean {
    return this.#lease.isHeld;
  }

  /** Sends a message that says it is a test, whatever the webhook wants and whichever replica sends. Nothing of it is kept. */
  test(project: string, key: string): Promise<SentMessage> {
    return this.#sendOnce(project, key, async (webhook, now) => testMessage(webhook, `test_${randomUUID()}`, now));
  }

  /**
   * Tells an event again that was told or given up, under the id that it had. A dead letter that is taken is one no more.
   * @throws SluiceError `notFound`
   */
  async resend(project: string, key: string, seq: number): Promise<SentMessage> {
    const { store, scopesOf, wantsEvent, book } = this.#parts;
    const sent = await this.#sendOnce(project, key, async (webhook, now) => {
      const event = await eventAt(store, scopesOf(project), seq);
      if (event === null || !wantsEvent(webhook, event))
        throw new SluiceError('notFound', `webhook "${key}": there is no event ${seq} that it is told of`);
      return messageOf(webhook, event, now, this.#parts);
    });
    if (sent.isTaken) await book.noteResent(project, key, seq);
    return sent;
  }

  async #sendOnce(
    project: string,
    key: string,
    message: (webhook: Webhook, now: number) => Promise<WebhookMessage>,
  ): Promise<SentMessage> {
    const { book, clock, fetch } = this.#parts;
    const found = book.following().find(({ webhook }) => webhook.scope.project === project && webhook.key === key);
    if (found === undefined) throw new SluiceError('notFound', `project "${project}" has no webhook "${key}" that is in use`);
    const { webhook } = found;
    const problem = await sendMessage(fetch, webhook.url, await message(webhook, clock.now()), this.#closing.signal);
    return { isTaken: problem === null, problem: problem?.message ?? null };
  }

  #wakeAll(): void {
    if (!this.#lease.isHeld) return;
    for (const { webhook } of this.#parts.book.following()) {
      const { key, scope } = webhook;
      const id = JSON.stringify([scope.project, key]);
      const line = this.#lines.get(id) ?? new WebhookLine<Webhook>(scope.project, key, this.#lease, this.#parts);
      this.#lines.set(id, line);
      line.wake();
    }
  }

  /** What is being sent is broken off, and told again by whoever sends next. */
  async close(): Promise<void> {
    this.#stopFollowing();
    this.#closing.abort();
    await this.#lease.close();
    await Promise.all([...this.#lines.values()].map((line) => line.close()));
  }
}
