/** One process at a time, among those that share a file. */
import { dirname } from 'node:path';
import { SluiceError } from '@sluice/core';
import { lock } from 'proper-lockfile';
import { makeDirectory } from './file-work.ts';

/** A holder that has not renewed its lock for this long is dead. The journal's chain fences one that merely slept. */
const STALE_MS = 2_000;

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
      await makeDirectory(dirname(this.#path), { recursive: true });
      return await lock(this.#path, {
        lockfilePath: `${this.#path}.lock`,
        realpath: false,
        stale: STALE_MS,
        update: STALE_MS / 2,
        retries: { retries: 400, factor: 1.2, minTimeout: 2, maxTimeout: 50 },
        onCompromised: () => {},
      });
    } catch (error) {
      throw new SluiceError(
        'unavailable',
        `${this.#path} cannot be locked for writing: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }

  /** Resolves when nothing of this process holds or waits for the lock. */
  async idle(): Promise<void> {
    await this.#turn;
  }
}
