/** Time as the engine sees it. Everything that waits, waits through this port, so that tests move time by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once at or soon after `at`; a promise it returns is its work. Returns how to cancel. `keepAlive` holds the process open until then. */
  schedule(at: number, task: () => void | Promise<void>, options?: { readonly keepAlive?: boolean }): () => void;
  /** Tells the clock of work that was started outside of a scheduled task, so that a manual clock can let it finish before time moves on. */
  track(work: Promise<unknown>): void;
}
