/** What streams may take. Every figure has a bound that holds whatever clients do. */
import { SluiceError } from '@sluice/core';

export interface StreamLimits {
  /** Streams open at once, of all scopes and kinds. */
  readonly maxClients: number;
  /** Connections accepted a second when they come for long, and how many may come at once after a rest. */
  readonly connectsPerSecond: number;
  readonly connectBurst: number;
  /** Bytes that wait for one client before they are dropped for one snapshot. */
  readonly queueBytes: number;
  /** The past of a scope that can be sent again, in commits and in bytes. */
  readonly ringFrames: number;
  readonly ringBytes: number;
  /** Between two signs of life. Clients that take nothing are looked for as often. */
  readonly heartbeatMs: number;
  /** How long a client may take nothing while something waits for it; it is gone at most one heartbeat later. */
  readonly stallMs: number;
  /** The oldest that a stream gets; each one ends at a random moment of the second half. Ends those that nobody hears and the kernel still holds. */
  readonly maxStreamMs: number;
  /** A scope that nobody asked for so long is forgotten, and read again when it is. */
  readonly idleScopeMs: number;
}

export const STREAM_LIMITS: StreamLimits = {
  maxClients: 10_000,
  connectsPerSecond: 500,
  connectBurst: 2_000,
  queueBytes: 256 * 1024,
  ringFrames: 1_000,
  ringBytes: 4 * 2 ** 20,
  heartbeatMs: 15_000,
  stallMs: 30_000,
  maxStreamMs: 3_600_000,
  idleScopeMs: 600_000,
};

/** @throws SluiceError `invalid` for a limit that is no positive number: it would limit nothing, or everything */
export function streamLimits(given: Partial<StreamLimits> = {}): StreamLimits {
  const limits = { ...STREAM_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new SluiceError('invalid', `/streams/${name} must be a number above 0; it is ${value}`, {
      issues: [{ path: `/streams/${name}`, message: 'must be a number above 0' }],
    });
  }
  return limits;
}
