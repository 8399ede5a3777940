/**
 * The line before a pool of connections: first come, first served. Whoever waits does so for as long as the database answers the others: a limit
 * that counted from when each came would make many at once fail although all could be served. What is bounded instead is how many wait.
 */
export interface ConnectionLineOptions {
  readonly connections: number;
  /** Nobody waits longer while nothing at all is answered, in milliseconds. */
  readonly silenceMs: number;
  /** So many may wait; who comes then is told at once. */
  readonly longest: number;
}

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
  readonly giveUp: (error: Error) => void;
  timer: NodeJS.Timeout | null;
}

export class ConnectionLine {
  readonly #options: ConnectionLineOptions;
  readonly #waiting = new Set<Waiting>();
  #free: number;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(options: ConnectionLineOptions) {
    this.#options = options;
    this.#free = options.connections;
  }

  /** Resolves when a connection may be taken; `leave` gives it back. Rejects where the database is silent, or too many wait. */
  enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    const { connections, longest } = this.#options;
    if (this.#waiting.size >= longest)
      return Promise.reject(new Error(`all ${connections} connections are in use, and ${longest} calls wait for one`));
    return new Promise((enter, giveUp) => {
      const waiting: Waiting = { since: performance.now(), enter, giveUp, timer: null };
      this.#waiting.add(waiting);
      this.#watch(waiting);
    });
  }

  /** The database answered somebody. */
  answered(): void {
    this.#answeredAt = performance.now();
  }

  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#remove(next);
    next.enter();
  }

  #watch(waiting: Waiting): void {
    if (!this.#waiting.has(waiting)) return;
    const { connections, silenceMs } = this.#options;
    const left = Math.max(waiting.since, this.#answeredAt) + silenceMs - performance.now();
    if (left > 0) {
      // Where this process stood still, answers have arrived that it has not read yet: they are read before anybody is given up.
      waiting.timer = setTimeout(() => setImmediate(() => this.#watch(waiting)), left + 1);
      return;
    }
    this.#remove(waiting);
    waiting.giveUp(new Error(`all ${connections} connections are in use, and nothing was answered for ${silenceMs} ms`));
  }

  #remove(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (waiting.timer !== null) clearTimeout(waiting.timer);
  }
}
