/** How often somebody may do something, counted in this process without waiting for anything: every request is counted. */
import { tooMany } from './http-problem.ts';

/** Whoever is counted beyond so many makes the one forgotten whose window began first. */
const MOST_COUNTED = 10_000;

export interface RateLimitOptions {
  /** Times in a window. */
  readonly max: number;
  /** A minute unless given. */
  readonly windowMs?: number;
  /** Milliseconds that only grow; the process's unless given. */
  readonly now?: () => number;
}

interface Window {
  endsAt: number;
  count: number;
}

/** A window begins with the first time that is counted in it. */
export class RateLimit {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  /** In the order in which they began. */
  readonly #windows = new Map<string, Window>();

  constructor({ max, windowMs = 60_000, now = () => performance.now() }: RateLimitOptions) {
    this.#max = max;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** Counts once more for `key`. @throws HttpProblem 429 beyond `max` in this window */
  count(key: string): void {
    const now = this.#now();
    const window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) this.#begin(key, now);
    else {
      window.count += 1;
      if (window.count > this.#max) throw tooMany((window.endsAt - now) / 1000);
    }
  }

  /** Whether counting once more for `key` would be within `max`. */
  hasRoom(key: string): boolean {
    const window = this.#windows.get(key);
    const counted = window === undefined || window.endsAt <= this.#now() ? 0 : window.count;
    return counted < this.#max;
  }

  #begin(key: string, now: number): void {
    this.#windows.delete(key);
    this.#windows.set(key, { endsAt: now + this.#windowMs, count: 1 });
    if (this.#windows.size > MOST_COUNTED) this.#windows.delete(this.#windows.keys().next().value as string);
    if (this.#max < 1) throw tooMany(this.#windowMs / 1000);
  }
}
