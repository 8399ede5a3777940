/** Time as a connection sees it. Everything that waits, waits through this port, so that tests move time by hand. */
export interface ConnectionClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once at or soon after `at`. Returns how to cancel. `keepAlive` holds the process open until then. */
  schedule(at: number, task: () => void, options?: { readonly keepAlive?: boolean }): () => void;
}

/** Longer delays overflow the 32 bits of timers, which then fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: ConnectionClock = {
  now: () => Date.now(),
  schedule: (at, task, { keepAlive = false } = {}) => {
    const timer = setTimeout(task, Math.min(Math.max(0, at - Date.now()), LONGEST_TIMER_MS));
    if (!keepAlive) timer.unref?.();
    return () => clearTimeout(timer);
  },
};
