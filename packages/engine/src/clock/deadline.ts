/** Waiting for an answer no longer than a deadline by the clock. */
import type { Clock } from './clock.ts';

/** What is answered in place of an answer that did not come. The work goes on, and a later failure of it is nobody's to handle here. */
export const LATE = Symbol('late');

export function answeredWithin<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | typeof LATE> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(clock.now() + ms, () => resolve(LATE), { keepAlive: true });
    work.then(resolve, reject).finally(cancel);
  });
}
