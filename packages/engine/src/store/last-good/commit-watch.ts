/** Tells how commits of a store went, and how long they took. */
import { type ErrorCode, SluiceError } from '@sluice/core';

export interface WatchedCommit {
  /** `kept`, or why not: the code of the error, and `failed` where the store broke. */
  readonly outcome: 'kept' | ErrorCode | 'failed';
  /** From the call until its answer, in milliseconds. */
  readonly durationMs: number;
}

export class CommitWatch {
  readonly #listeners = new Set<(commit: WatchedCommit) => void>();

  /** Calls `listener` for each commit when it is answered. Returns how to stop. */
  listen(listener: (commit: WatchedCommit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async over<Kept>(commit: () => Promise<Kept>): Promise<Kept> {
    const since = performance.now();
    const tell = (outcome: WatchedCommit['outcome']): void => {
      const told = { outcome, durationMs: performance.now() - since };
      for (const listener of this.#listeners) listener(told);
    };
    try {
      const kept = await commit();
      tell('kept');
      return kept;
    } catch (error) {
      tell(error instanceof SluiceError ? error.code : 'failed');
      throw error;
    }
  }
}
