/** Asks an instance whether it is well, by the check that was given with its loader. */
import type { Clock } from '../clock/clock.ts';
import { describeFailure, describeValue } from '../failure.ts';
import type { VersionSlot } from './version-slot.ts';

const HEALTH_DEADLINE_MS = 10_000;

export interface VersionHealth {
  readonly version: string;
  /** Null where nobody can say: no check was given, or nothing is loaded. */
  readonly isHealthy: boolean | null;
  /** In words. */
  readonly message: string;
}

/** Only `true` is well; false, a throw, another answer and none within 10 s are not. Never rejects. The caller holds a lease. */
export async function checkHealth(slot: VersionSlot, instance: unknown, clock: Clock): Promise<VersionHealth> {
  const { version, healthCheck } = slot;
  if (healthCheck === null) return { version, isHealthy: null, message: 'no health check was given for it' };
  const message = await new Promise<string | null>((resolve) => {
    const tooLate = (): void => resolve(`the health check gave no answer within ${HEALTH_DEADLINE_MS} ms`);
    const cancel = clock.schedule(clock.now() + HEALTH_DEADLINE_MS, tooLate, { keepAlive: true });
    new Promise((answer) => answer(healthCheck(instance)))
      .then(
        (answer) => resolve(answer === true ? null : `the health check returned ${describeValue(answer)}`),
        (error: unknown) => resolve(`the health check failed: ${describeFailure(error)}`),
      )
      .finally(cancel);
  });
  slot.note(message);
  return { version, isHealthy: message === null, message: message ?? 'the health check returned true' };
}
