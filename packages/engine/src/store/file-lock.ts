/** One process at a time, among those that share a file. */

import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SluiceError } from '@sluice/core';
import { lock } from 'proper-lockfile';
import { ensureDirectory, setTimes } from './file-work.ts';

/**
 * A holder that has not renewed its lock for this long is dead, or sleeps. One that only slept does no harm when it wakes: the journal's
 * chain and the names of its drafts shut it out.
 */
const STALE_MS = 2_000;
/** How long to wait for others, and the pauses between two tries, growing. */
const PATIENCE_MS = 20_000;
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [2, 50];

/** How the lock says that another holds it; or took it for stale just when this process had it. */
const HELD = ['ELOCKED', 'ENOENT'];

export class FileLock {
  readonly #path: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Runs `work` alone, in this process and among all that lock this path. @throws SluiceError `unavailable` when the lock cannot be had */
  run<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(() => this.#runLocked(work));
    this.#turn = run.catch(() => {});
    return run;
  }

  async #runLocked<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.#take();
    try {
      return await work();
    } finally {
      await release().catch(() => {});
    }
  }

  async #take(): Promise<() => Promise<void>> {
    try {
      await ensureDirectory(dirname(this.#path));
      for (let [waited, pause] = [0, FIRST_PAUSE_MS]; ; waited += pause, pause = Math.min(LAST_PAUSE_MS, pause * 1.2)) {
        const release = await this.#tryOnce(waited >= PATIENCE_MS);
        if (release !== null) return release;
        await wait(pause);
      }
    } catch (error) {
      throw new SluiceError(
        'unavailable',
        `${this.#path} cannot be locked for writing: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }

  /** Null while another holds the lock. */
  async #tryOnce(isLast: boolean): Promise<(() => Promise<void>) | null> {
    try {
      return await lock(this.#path, {
        lockfilePath: `${this.#path}.lock`,
        realpath: false,
        stale: STALE_MS,
        update: STALE_MS / 2,
        retries: 0,
        onCompromised: () => {},
      });
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (isLast || !HELD.includes(code)) throw error;
      await this.#ageLockOfTheFuture();
      return null;
    }
  }

  /** A lock that was left behind before the clock was set back would not be stale for as long. */
  async #ageLockOfTheFuture(): Promise<void> {
    const path = `${this.#path}.lock`;
    const mtimeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (mtimeMs > Date.now() + STALE_MS) await setTimes(path, new Date(), new Date()).catch(() => {});
  }

  /** Resolves when nothing of this process holds or waits for the lock. */
  async idle(): Promise<void> {
    await this.#turn;
  }
}
