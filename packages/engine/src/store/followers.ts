/** Those who follow a store. One that throws does not keep a commit from the others, nor from its caller. */
import type { Committed } from './store.ts';

/** Hears of problems where nobody was named who does. */
export function warn(problem: unknown): void {
  process.emitWarning(problem instanceof Error ? problem : String(problem));
}

export type Follower = (committed: Committed) => void;

export class Followers {
  readonly #followers = new Set<Follower>();
  readonly #onProblem: (error: unknown) => void;

  constructor(onProblem: (error: unknown) => void) {
    this.#onProblem = onProblem;
  }

  add(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  tell(committed: Committed): void {
    for (const follower of [...this.#followers]) {
      try {
        follower(committed);
      } catch (error) {
        this.#onProblem(error);
      }
    }
  }
}
