/** Loads from a store that may not be there yet: again and again, less often each time, until it is or nobody waits any more. */
import { SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { asSluiceError } from '../failure.ts';

/** Pauses double from the first to the last. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [100, 5_000];

interface LoadingParts {
  /** At once where it can; only what fails as `unavailable` is tried again. */
  readonly load: () => Promise<void>;
  readonly clock: Clock;
  /** Hears of each reason once in a row. */
  readonly onProblem: (error: unknown) => void;
}

export class Loading {
  /** Rejects with what will not pass by itself, and with `unavailable` when it was stopped. */
  readonly done: Promise<void>;
  readonly #parts: LoadingParts;
  #problem: string | null = null;
  #stop: (() => void) | null = null;
  #isStopped = false;

  constructor(parts: LoadingParts) {
    this.#parts = parts;
    this.done = this.#first();
    this.done.then(
      () => {
        this.#problem = null;
      },
      (error: unknown) => this.#hear(error),
    );
  }

  /** What went wrong last; null before anything did, and when everything is loaded. */
  get problem(): string | null {
    return this.#problem;
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop?.();
  }

  /** The first attempt is made within the constructor, so that a store which answers at once has done so. */
  #first(): Promise<void> {
    return this.#parts.load().catch((error: unknown) => this.#again(error));
  }

  async #again(first: unknown): Promise<void> {
    let error = first;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LAST_PAUSE_MS, pause * 2)) {
      if (!(error instanceof SluiceError) || error.code !== 'unavailable' || this.#isStopped) throw error;
      this.#hear(error);
      await this.#wait(pause);
      if (this.#isStopped) throw error;
      try {
        return await this.#parts.load();
      } catch (later) {
        error = later;
      }
    }
  }

  #hear(error: unknown): void {
    const { message } = asSluiceError(error);
    if (message === this.#problem) return;
    this.#problem = message;
    this.#parts.onProblem(error);
  }

  #wait(ms: number): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const cancel = clock.schedule(clock.now() + ms, resolve, { keepAlive: true });
      this.#stop = () => {
        cancel();
        resolve();
      };
    });
  }
}
