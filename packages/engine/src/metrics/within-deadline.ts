/** A metric source that takes too long has given no answer. */
import type { Unmeasured } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { METRIC_DEADLINE_MS } from './metric-source.ts';

export function withinDeadline<T>(asked: Promise<T>, source: string, clock: Clock): Promise<T | Unmeasured> {
  return new Promise((resolve, reject) => {
    const message = `metric source "${source}" gave no answer within ${METRIC_DEADLINE_MS} ms`;
    const cancel = clock.schedule(
      clock.now() + METRIC_DEADLINE_MS,
      () => resolve({ kind: 'error', cause: 'provider', message }),
      { keepAlive: true },
    );
    asked.then(resolve, reject).finally(cancel);
  });
}
