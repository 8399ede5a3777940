/** One webhook's line of events: told one after the other, each until it is taken or given up, from where the book says. */
import { type LoggedEvent, type Scope, SluiceError } from '@sluice/core';
import type { Clock, Fetch, Store } from 'sluice';
import { eventsAfter } from './event-feed.ts';
import type { SenderLease } from './sender-lease.ts';
import type { DeliveryState, FollowingWebhook, WebhookBook } from './webhook-book.ts';
import { type MessageParts, messageOf, type SendProblem, sendMessage } from './webhook-message.ts';

export interface LineParts<Webhook extends FollowingWebhook> extends MessageParts {
  readonly store: Pick<Store, 'log'>;
  readonly clock: Clock;
  readonly book: WebhookBook<Webhook>;
  readonly fetch: Fetch;
  /** From 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Every scope whose events the project's webhooks may hear of. */
  readonly scopesOf: (project: string) => readonly Scope[];
  readonly wantsEvent: (webhook: Webhook, event: LoggedEvent) => boolean;
  readonly onProblem: (error: unknown) => void;
}

/** A place in the log at which nothing was wanted is kept so often at the most. */
const CHECKPOINT_MS = 60_000;
const LONGEST_JITTER_MS = 60_000;
const RETRY_MS = 5_000;

export class WebhookLine<Webhook extends FollowingWebhook> {
  readonly #parts: LineParts<Webhook>;
  readonly #lease: SenderLease;
  readonly #project: string;
  readonly #key: string;
  /** Up to here nothing is wanted that was not told. */
  #seen = 0;
  /** What was told and the book could not keep; it is not told again for that. */
  #unkept: number | null = null;
  #keptAt = Number.NEGATIVE_INFINITY;
  #notBefore = 0;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #cancel: () => void = () => {};

  constructor(project: string, key: string, lease: SenderLease, parts: LineParts<Webhook>) {
    this.#project = project;
    this.#key = key;
    this.#lease = lease;
    this.#parts = parts;
  }

  /** Something may be there to tell. */
  wake(): void {
    this.#isWanted = true;
    if (this.#running !== null) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
    this.#parts.clock.track(this.#running);
  }

  async close(): Promise<void> {
    this.#cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#isWanted && this.#lease.isHeld) {
        this.#isWanted = false;
        while (await this.#step());
      }
    } catch (error) {
      this.#parts.onProblem(error);
      this.#wakeAt(this.#parts.clock.now() + RETRY_MS);
    }
  }

  /** Tells one event. False when there is nothing to do now. */
  async #step(): Promise<boolean> {
    const { book, clock } = this.#parts;
    if (!this.#lease.isHeld) return false;
    if (this.#unkept !== null) await this.#keep(this.#unkept);
    const found = book.following().find(({ webhook: { scope, key } }) => scope.project === this.#project && key === this.#key);
    if (found === undefined) return false;
    const dueAt = Math.max(found.delivery.retryAt ?? 0, this.#notBefore);
    if (clock.now() < dueAt) {
      this.#wakeAt(dueAt);
      return false;
    }
    const event = await this.#next(found.webhook, found.delivery);
    if (event === null || !this.#lease.isHeld) return false;
    return this.#tell(found.webhook, event);
  }

  async #next(webhook: Webhook, { cursor }: DeliveryState): Promise<LoggedEvent | null> {
    const { store, scopesOf, wantsEvent, clock } = this.#parts;
    this.#seen = Math.max(this.#seen, cursor);
    for (;;) {
      const events = await eventsAfter(store, scopesOf(this.#project), this.#seen);
      const wanted = events.find((event) => wantsEvent(webhook, event));
      if (wanted !== undefined) return wanted;
      this.#seen = events.at(-1)?.seq ?? this.#seen;
      if (events.length > 0) continue;
      if (this.#seen > cursor && clock.now() - this.#keptAt >= CHECKPOINT_MS) await this.#keep(this.#seen);
      return null;
    }
  }

  async #tell(webhook: Webhook, event: LoggedEvent): Promise<boolean> {
    const { clock, fetch, random } = this.#parts;
    const message = messageOf(webhook, event, clock.now(), this.#parts);
    const problem = await sendMessage(fetch, webhook.url, message, this.#lease.signal);
    if (problem === null) {
      this.#seen = Math.max(this.#seen, event.seq);
      this.#unkept = event.seq;
      if (await this.#lease.confirm()) await this.#keep(event.seq);
      return this.#lease.isHeld;
    }
    if (!(await this.#lease.confirm())) return false;
    const { retryAt } = await this.#noteProblem(webhook, event, problem);
    const now = clock.now();
    // Many webhooks of one receiver that was down must not all come back at one instant.
    if (retryAt !== null) this.#notBefore = retryAt + random() * Math.min(Math.max(retryAt - now, 0), LONGEST_JITTER_MS);
    return true;
  }

  #noteProblem({ url: askedUrl }: Webhook, event: LoggedEvent, { message, isGone }: SendProblem): Promise<DeliveryState> {
    const { book } = this.#parts;
    return isGone
      ? book.noteGone(this.#project, this.#key, { event, problem: message, askedUrl })
      : book.noteFailed(this.#project, this.#key, event, message);
  }

  /** @throws SluiceError `unavailable` when the book cannot keep it now */
  async #keep(seq: number): Promise<void> {
    const { cursor } = await this.#parts.book.noteDelivered(this.#project, this.#key, seq);
    if (cursor < seq) throw new SluiceError('unavailable', `webhook "${this.#key}": the place ${seq} in the log was not kept`);
    this.#unkept = null;
    this.#keptAt = this.#parts.clock.now();
  }

  #wakeAt(at: number): void {
    this.#cancel();
    this.#cancel = this.#parts.clock.schedule(at, () => this.wake());
  }
}
