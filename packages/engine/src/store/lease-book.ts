/** Who may act for a while. The token rises with every new holder, so that one who slept past its end can be told apart. */
import { SluiceError } from '@sluice/core';
import type { Fence, LeaseRequest } from './store.ts';

export interface Lease {
  readonly holder: string;
  readonly until: number;
  readonly token: number;
}

export class LeaseBook {
  readonly #leases: Map<string, Lease>;

  constructor(leases: readonly (readonly [string, Lease])[] = []) {
    this.#leases = new Map(leases);
  }

  /** The token, or null while another holds the lease. */
  take({ name, holder, now, until }: LeaseRequest): number | null {
    const held = this.#leases.get(name);
    if (held !== undefined && held.holder !== holder && held.until > now) return null;
    // Counted from the time, so that tokens go on rising when the book is lost.
    const token = held?.holder === holder && held.until > now ? held.token : Math.max(Math.floor(now), (held?.token ?? 0) + 1);
    this.#leases.set(name, { holder, until, token });
    return token;
  }

  release(name: string, holder: string): void {
    const held = this.#leases.get(name);
    if (held?.holder === holder) this.#leases.set(name, { ...held, until: 0 });
  }

  /** @throws SluiceError `refused` when the lease went to somebody else since the token was given */
  check({ name, token }: Fence): void {
    const held = this.#leases.get(name)?.token;
    if (held === token) return;
    const present = held === undefined ? 'it is not held' : `its token is ${held}`;
    throw new SluiceError('refused', `the lease "${name}" is not held under the token ${token} any more: ${present}`);
  }

  get(name: string): Lease | undefined {
    return this.#leases.get(name);
  }

  all(): (readonly [string, Lease])[] {
    return [...this.#leases];
  }
}
