/** A store that can be away: it refuses, or says nothing, until it is back. */
import { type Change, SluiceError } from '@sluice/core';
import type { Committed, Fence, LeaseRequest, Store, StoredState } from '../store.ts';
import { ForwardingStore } from './forwarding-store.ts';

export type Absence = 'refuses' | 'silent' | null;

export class AwayStore extends ForwardingStore {
  absence: Absence = null;
  #isBack: (() => void)[] = [];

  back(): void {
    this.absence = null;
    for (const go of this.#isBack.splice(0)) go();
  }

  async #reach(): Promise<void> {
    if (this.absence === 'refuses') throw new SluiceError('unavailable', 'no route to the database');
    if (this.absence === 'silent') await new Promise<void>((resolve) => this.#isBack.push(resolve));
  }

  override async read(): Promise<StoredState> {
    await this.#reach();
    return this.inner.read();
  }

  override async commit(change: Change, seenSeq?: number, fence?: Fence): Promise<Committed> {
    await this.#reach();
    return this.inner.commit(change, seenSeq, fence);
  }

  override async refresh(): Promise<void> {
    await this.#reach();
    return this.inner.refresh();
  }

  override async lease(request: LeaseRequest): Promise<number | null> {
    await this.#reach();
    return this.inner.lease(request);
  }

  /** What is kept outlives each process. */
  override async close(): Promise<void> {}
}

export function awayStore(store: Store): AwayStore {
  return new AwayStore(store);
}
