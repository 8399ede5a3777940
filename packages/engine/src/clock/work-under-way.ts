/** Waits until work has come to rest: done, or evidently waiting for something that waiting here will not bring. */
import { setImmediate } from 'node:timers';

/** How long one piece of work is waited for, once, in processor time of this process: while others have the processor, nothing here can get on. */
const PATIENCE_MS = 50;
/** Turns of the event loop that follow every change of time, so that hanging work which it woke can get on, too. */
const FEWEST_TURNS = 3;
/** A turn that took longer than this was spent on something else, such as what is loaded or compiled the first time, and is not held against the work. */
const LONGEST_COUNTED_TURN_MS = 5;
/** Also where a system's account of processor time stands still, waiting comes to its end. */
const SHORTEST_COUNTED_TURN_MS = 0.001;
/** How long one wait may last because files are being read or written. */
const LONGEST_FILE_WAIT_MS = 10_000;

// Taken at load, so that tests which fake the timers of the process do not stop this clock.
const realNow = performance.now.bind(performance);
const computedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Work {
  patienceMs: number;
}

export class WorkUnderWay {
  readonly #works = new Set<Work>();

  /** A failure of `promise` is its owner's to handle; here it only ends the waiting. */
  add(promise: Promise<unknown>): void {
    const work: Work = { patienceMs: PATIENCE_MS };
    const done = (): void => {
      this.#works.delete(work);
    };
    this.#works.add(work);
    promise.then(done, done);
  }

  /**
   * Resolves when all work is done or has used up its patience, work that was added meanwhile included. While this process reads or
   * writes files, no patience is used up: a slow disk is not a hanging task.
   */
  async settle(): Promise<void> {
    let turnStartedAt = realNow();
    let computedBefore: number | null = null;
    let fileWaitMs = 0;
    for (let turns = 1; ; turns++) {
      await nextTurn();
      const turnEndedAt = realNow();
      const turnMs = turnEndedAt - turnStartedAt;
      turnStartedAt = turnEndedAt;
      if (this.#works.size > 0 && fileWaitMs < LONGEST_FILE_WAIT_MS && isFileWorkUnderWay()) {
        fileWaitMs += turnMs;
        computedBefore = null;
        continue;
      }
      if (turns < FEWEST_TURNS) continue;
      if (!this.#isWaitedFor()) return;
      // Not asked for where all is done at once, as at most instants: it costs as much as the turn.
      const computed = computedMs();
      const ownMs = computedBefore === null ? 0 : computed - computedBefore;
      computedBefore = computed;
      this.#usePatience(Math.max(SHORTEST_COUNTED_TURN_MS, Math.min(turnMs, ownMs, LONGEST_COUNTED_TURN_MS)));
    }
  }

  #isWaitedFor(): boolean {
    for (const work of this.#works) if (work.patienceMs > 0) return true;
    return false;
  }

  #usePatience(ms: number): void {
    for (const work of this.#works) work.patienceMs -= ms;
  }
}

function isFileWorkUnderWay(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
}
