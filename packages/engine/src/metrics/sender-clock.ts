/** When a unit was served or met something, by the clock of the process that tells of it. */

/**
 * A clock that differs by no more counts as right. Telling takes time, each time another: put right by that, a value that came 20 ms after its exposure
 * could come to lie before it.
 */
export const CLOCK_TOLERANCE_MS = 2_000;

export interface SenderClock {
  readonly now: number;
  /** What the sender's clock read as it sent; `now` when it does not say. */
  readonly sentAt: number;
}

/** By our clock, and never in the future; now unless given. NaN when there is none to be read. In milliseconds since 1970. */
export function instantBySender(at: number | undefined, { now, sentAt }: SenderClock): number {
  if (at === undefined) return now;
  const ahead = sentAt - now;
  return Math.min(now, Math.abs(ahead) <= CLOCK_TOLERANCE_MS ? at : at - ahead);
}
