/** Time as a connection sees it. Everything that waits, waits through this port, so that tests move time by hand. */
export interface ConnectionClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once at or soon after `at`. Returns how to cancel. */
  schedule(at: number, task: () => void): () => void;
}

/** Longer delays overflow the 32 bits of timers, which then fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Its timers do not keep a process alive. */
export const realClock: ConnectionClock = {
  now: () => Date.now(),
  schedule: (at, task) => {
    const timer = setTimeout(task, Math.min(Math.max(0, at - Date.now()), LONGEST_TIMER_MS));
    timer.unref?.();
    return () => clearTimeout(timer);
  },
};
