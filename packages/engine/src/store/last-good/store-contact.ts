/** Whether a store answers, and when it last did: found out by asking it now and then. */
import { SluiceError } from '@sluice/core';
import type { Clock } from '../../clock/clock.ts';
import { answeredWithin, LATE } from '../../clock/deadline.ts';

interface ContactParts {
  readonly clock: Clock;
  /** Asks; rejects where the store does not answer. */
  readonly ask: () => Promise<void>;
  readonly onAnswer: () => void;
}

/** How often it is asked; sooner at first while it does not answer. */
const [EVERY_MS, FIRST_RETRY_MS] = [5_000, 250];
/** A store that takes longer over a question about nothing is away. */
const ANSWER_MS = 3_000;

export class StoreContact {
  readonly #parts: ContactParts;
  #isAnswering = false;
  #lastAt = 0;
  #retryMs = FIRST_RETRY_MS;
  #asking: Promise<void> | null = null;
  #cancel: (() => void) | null = null;
  #isStopped = false;

  constructor(parts: ContactParts) {
    this.#parts = parts;
  }

  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** Of the last question that was answered, milliseconds since 1970. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** It answered what was asked at `at`. */
  answered(at: number): void {
    this.#isAnswering = true;
    this.#lastAt = Math.max(this.#lastAt, at);
    this.#retryMs = FIRST_RETRY_MS;
  }

  /** It does not answer, and did last at `lastAt`. */
  lost(lastAt: number): void {
    this.#isAnswering = false;
    this.#lastAt = lastAt;
  }

  keepAsking(): void {
    if (this.#isStopped || this.#cancel !== null) return;
    const { clock } = this.#parts;
    this.#cancel = clock.schedule(clock.now() + (this.#isAnswering ? EVERY_MS : this.#retryMs), async () => {
      await this.#ask();
      this.#cancel = null;
      this.keepAsking();
    });
  }

  async #ask(): Promise<void> {
    const { clock, ask, onAnswer } = this.#parts;
    const at = clock.now();
    this.#asking ??= ask().finally(() => {
      this.#asking = null;
    });
    try {
      if ((await answeredWithin(clock, ANSWER_MS, this.#asking)) === LATE) throw new SluiceError('unavailable', 'no answer');
      this.answered(at);
      onAnswer();
    } catch {
      // What reads and follows the store tells why; here it only counts that it does not answer.
      this.#isAnswering = false;
      this.#retryMs = Math.min(2 * this.#retryMs, EVERY_MS);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }
}
