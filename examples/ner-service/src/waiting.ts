/** Waiting for time, and for what comes to hold. */
import { setTimeout as pause } from 'node:timers/promises';

export { pause };

/** Waits until `isTrue`, and at most `ms`; answers whether it came true. */
export async function until(isTrue: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const giveUpAt = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt) return false;
    await pause(50);
  }
  return true;
}
