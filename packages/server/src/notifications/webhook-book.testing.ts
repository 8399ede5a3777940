/** A book of webhooks in memory, with the retry schedule that a test wants. It outlives the notifiers that are given it, as a store does. */
import type { GoneAnswer, LoggedEvent } from '@sluice/core';
import type { Clock } from 'sluice';
import type { DeliveryState, FollowingWebhook, WebhookBook } from './webhook-book.ts';

export interface DeadLetter {
  readonly seq: number;
  readonly problem: string;
}

interface Kept extends DeliveryState {
  readonly attempts: number;
}

export class MemoryWebhookBook implements WebhookBook {
  readonly deadLetters: DeadLetter[] = [];
  readonly webhooks: FollowingWebhook[] = [];
  readonly #kept = new Map<string, Kept>();
  readonly #clock: Clock;
  readonly #delays: readonly number[];
  /** Called before anything is kept. */
  beforeKeeping: () => Promise<void> = async () => {};

  constructor(clock: Clock, delays: readonly number[]) {
    this.#clock = clock;
    this.#delays = delays;
  }

  following() {
    return this.webhooks.map((webhook) => ({ webhook, delivery: this.of(webhook.key) }));
  }

  of(key: string): Kept {
    return this.#kept.get(key) ?? { cursor: 0, retryAt: null, attempts: 0 };
  }

  async noteDelivered(_project: string, key: string, seq: number): Promise<DeliveryState> {
    await this.beforeKeeping();
    const before = this.of(key);
    const after = seq <= before.cursor ? before : { cursor: seq, retryAt: null, attempts: 0 };
    this.#kept.set(key, after);
    return after;
  }

  async noteGone(_project: string, key: string, { event: { seq }, problem }: GoneAnswer): Promise<DeliveryState> {
    await this.beforeKeeping();
    this.deadLetters.push({ seq, problem });
    const after: Kept = { cursor: seq, retryAt: null, attempts: 0 };
    this.#kept.set(key, after);
    this.webhooks.splice(0, this.webhooks.length, ...this.webhooks.filter((webhook) => webhook.key !== key));
    return after;
  }

  async noteResent(_project: string, key: string, seq: number): Promise<DeliveryState> {
    this.deadLetters.splice(0, this.deadLetters.length, ...this.deadLetters.filter((letter) => letter.seq !== seq));
    return this.of(key);
  }

  async noteFailed(_project: string, key: string, { seq }: Pick<LoggedEvent, 'seq'>, problem: string): Promise<DeliveryState> {
    await this.beforeKeeping();
    const before = this.of(key);
    const delay = this.#delays[before.attempts];
    const isOver = delay === undefined;
    if (isOver) this.deadLetters.push({ seq, problem });
    const after: Kept = isOver
      ? { cursor: seq, retryAt: null, attempts: 0 }
      : { cursor: before.cursor, retryAt: this.#clock.now() + delay, attempts: before.attempts + 1 };
    this.#kept.set(key, after);
    return after;
  }
}
