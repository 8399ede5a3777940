/** Tells those who follow of every commit once and in order, whoever made it and however it became known. */
import { setImmediate } from 'node:timers';
import type { Follower, Followers } from '../followers.ts';
import type { Committed } from '../store.ts';

/** A commit with its number: from 1, growing by one, also for commits without events. */
export interface NumberedCommit {
  readonly number: number;
  readonly committed: Committed;
}

/** Where followers are: the last commit, and the last event, that they were told of. */
export interface FeedPlace {
  readonly number: number;
  readonly seq: number;
}

export class CommitFeed {
  readonly #followers: Followers;
  readonly #recordings = new Set<NumberedCommit[]>();
  #place: FeedPlace | null = null;
  #held: Promise<void> | null = null;

  constructor(followers: Followers) {
    this.#followers = followers;
  }

  /** Null before anything was read: what was committed by then is nobody's news. */
  get place(): FeedPlace | null {
    return this.#place;
  }

  begin(place: FeedPlace): void {
    this.#place ??= place;
  }

  /** Begins anew at an earlier place, after the database was put back to what it was. */
  putBack(place: FeedPlace): void {
    this.#place = place;
  }

  follow(follower: Follower): () => void {
    return this.#followers.add(follower);
  }

  /** `commits` in order, and all that there are behind the place. Those that were told already are left out. */
  async tell(commits: readonly NumberedCommit[]): Promise<void> {
    while (this.#held !== null) await this.#held;
    for (const commit of commits) {
      if (this.#place !== null && commit.number <= this.#place.number) continue;
      this.#place = { number: commit.number, seq: commit.committed.seq };
      for (const recording of this.#recordings) recording.push(commit);
      this.#followers.tell(commit.committed);
    }
  }

  /** Keeps what is told from now on until `stop`, for whoever reads the state meanwhile. */
  recorded(): { readonly commits: readonly NumberedCommit[]; stop(): void } {
    const commits: NumberedCommit[] = [];
    this.#recordings.add(commits);
    return { commits, stop: () => this.#recordings.delete(commits) };
  }

  /** Tells nothing before whoever is given a state now has taken it: an older state must not come after a newer commit. */
  hold(): void {
    const held = new Promise<void>((resolve) => {
      setImmediate(() => {
        if (this.#held === held) this.#held = null;
        resolve();
      });
    });
    this.#held = held;
  }
}
