/** Says who may open a stream: a storm of connections is let in as fast as it can be served, and no faster. */
import type { StreamLimits } from './stream-limits.ts';

export type Admitted = 'admitted' | 'tooFast' | 'full';

/** After a refusal a client waits up to this many seconds longer than the shortest wait, so that refused ones do not come back together. */
const SHORTEST_WAIT_S = 1;
const JITTER_S: Readonly<Record<Exclude<Admitted, 'admitted'>, number>> = { tooFast: 10, full: 60 };

export class Admission {
  readonly #limits: Pick<StreamLimits, 'maxClients' | 'connectsPerSecond' | 'connectBurst'>;
  #inside = 0;
  #allowance: number;
  #countedAt: number;

  constructor(limits: Pick<StreamLimits, 'maxClients' | 'connectsPerSecond' | 'connectBurst'>, now: number) {
    this.#limits = limits;
    this.#allowance = limits.connectBurst;
    this.#countedAt = now;
  }

  get inside(): number {
    return this.#inside;
  }

  /** Whoever is admitted counts until `leave`. */
  enter(now: number): Admitted {
    const { maxClients, connectsPerSecond, connectBurst } = this.#limits;
    // A clock that is set back gives nothing and takes nothing.
    const elapsedMs = Math.max(0, now - this.#countedAt);
    this.#allowance = Math.min(connectBurst, this.#allowance + (elapsedMs * connectsPerSecond) / 1000);
    this.#countedAt = now;
    if (this.#inside >= maxClients) return 'full';
    if (this.#allowance < 1) return 'tooFast';
    this.#allowance -= 1;
    this.#inside += 1;
    return 'admitted';
  }

  leave(): void {
    this.#inside -= 1;
  }
}

/** Whole seconds for `Retry-After`; `chance` is from 0 to below 1. */
export function retryAfterSeconds(refusal: Exclude<Admitted, 'admitted'>, chance: number): number {
  return SHORTEST_WAIT_S + Math.floor(chance * JITTER_S[refusal]);
}
