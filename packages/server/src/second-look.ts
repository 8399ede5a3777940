/** Whoever is not known here is looked for once in the store: a replica hears of what others committed some milliseconds later. */
import type { Clock } from 'sluice';

/** However many are not known. */
const LOOKS_PER_SECOND = 10;
/** Whoever was looked for is not looked for again so soon. */
const REMEMBERED_MS = 10_000;
const MAX_REMEMBERED = 1_000;
/** Then the answer is given without it. */
const DEADLINE_MS = 2_000;

export interface SecondLookOptions {
  readonly clock: Pick<Clock, 'now' | 'schedule'>;
  /** Resolves when this process has heard of everything that was committed before the call. */
  readonly refresh: () => Promise<void>;
  /** Whether the store is known not to answer. */
  readonly isAway: () => boolean;
}

export class SecondLook {
  readonly #options: SecondLookOptions;
  /** When each was looked for, the longest ago first. */
  readonly #looked = new Map<string, number>();
  #second = Number.NEGATIVE_INFINITY;
  #looks = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** One that has not begun yet: all that come until then share it. */
  #next: Promise<boolean> | null = null;

  constructor(options: SecondLookOptions) {
    this.#options = options;
  }

  /** True when this process has heard of everything that was committed before the call: ask again for `whom`. False when it was not worth a look. Never rejects. */
  async at(whom: string): Promise<boolean> {
    const now = this.#options.clock.now();
    if (this.#options.isAway() || now < (this.#looked.get(whom) ?? Number.NEGATIVE_INFINITY) + REMEMBERED_MS) return false;
    if (this.#next === null && !this.#isAllowed(now)) return false;
    this.#remember(whom, now);
    this.#next ??= this.#begin();
    return this.#next;
  }

  #isAllowed(now: number): boolean {
    if (now >= this.#second + 1_000) {
      this.#second = now;
      this.#looks = 0;
    }
    this.#looks += 1;
    return this.#looks <= LOOKS_PER_SECOND;
  }

  #remember(whom: string, now: number): void {
    this.#looked.delete(whom);
    this.#looked.set(whom, now);
    const [oldest] = this.#looked.keys();
    if (this.#looked.size > MAX_REMEMBERED && oldest !== undefined) this.#looked.delete(oldest);
  }

  /** After the one that is under way, which may have read before this one was asked for. */
  #begin(): Promise<boolean> {
    const look = this.#last.then(() => {
      this.#next = null;
      return this.#look();
    });
    this.#last = look;
    return look;
  }

  #look(): Promise<boolean> {
    const { clock, refresh } = this.#options;
    return new Promise((resolve) => {
      const cancel = clock.schedule(clock.now() + DEADLINE_MS, () => resolve(false));
      const end = (isFresh: boolean): void => {
        cancel();
        resolve(isFresh);
      };
      refresh().then(
        () => end(true),
        () => end(false),
      );
    });
  }
}
