/** The clock of a real process: the wall clock to read, the monotonic one to wait by. */
import { SluiceError } from '@sluice/core';
import { describeFailure } from '../failure.ts';
import type { Clock } from './clock.ts';

export interface SystemClockOptions {
  /** Hears what a scheduled task threw or rejected with. Without it, or when it throws itself, the failure becomes a process warning. */
  readonly onError?: (error: unknown) => void;
}

/** Longer delays overflow the 32 bits of Node's timers, which then fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Waiting follows elapsed time: a wall clock that is set forward or back meanwhile neither hurries nor delays what is scheduled.
 * An instant that has passed runs in a coming turn of the event loop, never inside `schedule`. `track` does nothing here, because
 * real time waits for nobody.
 */
export function systemClock(options: SystemClockOptions = {}): Clock {
  return {
    now: () => Date.now(),
    schedule: (at, task, { keepAlive = false } = {}) => {
      if (!Number.isFinite(at)) throw new SluiceError('invalid', `cannot schedule at ${at}: give milliseconds since 1970`);
      return startTimer(performance.now() + at - Date.now(), keepAlive, () => void runReported(task, options.onError));
    },
    track: () => {},
  };
}

/** Fires once when the monotonic clock is at `deadline`, by as many timers as that takes. Returns how to cancel. */
function startTimer(deadline: number, keepAlive: boolean, fire: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    // Node fires up to a millisecond early, so the remainder is rounded up and looked at again.
    const remainingMs = Math.max(0, Math.ceil(deadline - performance.now()));
    timer = setTimeout(() => (performance.now() < deadline ? arm() : fire()), Math.min(remainingMs, LONGEST_TIMER_MS));
    if (!keepAlive) timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}

async function runReported(task: () => void | Promise<void>, onError = warnOfFailure): Promise<void> {
  try {
    await task();
  } catch (error) {
    try {
      onError(error);
    } catch (reporting) {
      warnOfFailure(error);
      warnOfFailure(reporting);
    }
  }
}

function warnOfFailure(error: unknown): void {
  process.emitWarning(new SluiceError('unavailable', `a scheduled task failed: ${describeFailure(error)}`, { cause: error }));
}
