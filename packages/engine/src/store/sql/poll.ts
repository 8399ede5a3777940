/** Looks again and again, at once when it is rung for, and less often while looking fails. */
const LONGEST_PAUSE_MS = 5_000;

interface PollOptions {
  readonly everyMs: number;
  readonly look: () => Promise<void>;
  /** Hears of the first failure of each series of them. */
  readonly onProblem: (error: unknown) => void;
}

export class Poll {
  readonly #options: PollOptions;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #isRung = false;
  #failures = 0;
  #isStopped = false;

  constructor(options: PollOptions) {
    this.#options = options;
    this.#wait();
  }

  /** Looks now, or once more when it is looking. */
  ring(): void {
    if (this.#isStopped) return;
    this.#isRung = true;
    if (this.#looking !== null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#looking = this.#look().then(() => {
      this.#looking = null;
      this.#wait();
    });
  }

  #wait(): void {
    if (this.#isStopped) return;
    const { everyMs } = this.#options;
    // Drawn, so that many processes do not all come back to a database at once.
    const failing = Math.min(LONGEST_PAUSE_MS, everyMs * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.ring(), this.#failures === 0 ? everyMs : failing);
    // Nobody lives for the sake of news.
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    while (this.#isRung && !this.#isStopped) {
      this.#isRung = false;
      try {
        await this.#options.look();
        this.#failures = 0;
      } catch (error) {
        if (this.#failures === 0 && !this.#isStopped) this.#options.onProblem(error);
        this.#failures += 1;
      }
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }
}
