/** When the last good state is written: soon after a change, seldom where it takes long, and now and then to say that it is still so. */
import type { Clock } from '../../clock/clock.ts';
import type { LastGoodFile, LastGoodState } from './last-good-file.ts';

interface KeeperParts {
  readonly file: Pick<LastGoodFile, 'write'>;
  readonly clock: Clock;
  readonly state: () => LastGoodState;
  /** Hears of the first failure of each series of them. */
  readonly onProblem: (error: unknown) => void;
}

/** Changes that come within this time are written together. */
const GATHER_MS = 1_000;
/** Writing takes at most one part in so many of a process's time. */
const PAUSE_PER_WRITE = 20;
const RETRY_MS = 60_000;
/** However little changes, the file is no older than this while the store answers. */
const OLDEST_MS = 300_000;

export class LastGoodKeeper {
  readonly #parts: KeeperParts;
  #isDirty = false;
  #isFailing = false;
  #notBefore = 0;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #writing: Promise<void> | null = null;
  #isClosed = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  changed(): void {
    this.#isDirty = true;
    if (this.#isClosed || this.#cancel !== null || this.#writing !== null) return;
    const { clock } = this.#parts;
    const at = Math.max(clock.now() + GATHER_MS, this.#notBefore);
    this.#cancel = clock.schedule(at, () => {
      this.#cancel = null;
      this.#writing = this.#write().finally(() => {
        this.#writing = null;
        // What came meanwhile.
        if (this.#isDirty) this.changed();
      });
      return this.#writing;
    });
  }

  /** Said whenever the store has answered. */
  confirmed(): void {
    if (this.#isDirty || this.#parts.clock.now() - this.#writtenAt >= OLDEST_MS) this.changed();
  }

  async #write(): Promise<void> {
    const { file, clock, state, onProblem } = this.#parts;
    const begun = clock.now();
    this.#isDirty = false;
    try {
      await file.write(state());
      this.#isFailing = false;
      this.#writtenAt = clock.now();
      this.#notBefore = clock.now() + PAUSE_PER_WRITE * Math.max(0, clock.now() - begun);
    } catch (error) {
      this.#isDirty = true;
      this.#notBefore = clock.now() + RETRY_MS;
      if (!this.#isFailing) onProblem(error);
      this.#isFailing = true;
    }
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#writing;
    if (this.#isDirty) await this.#write();
  }
}
