/** A store that asks another one for everything: what stands before a store says only what it does otherwise. */
import type { Change, LoggedEvent, Scope, SluiceRecord, SubjectTotals, Tally, UnitValues } from '@sluice/core';
import type { Committed, FactsBatch, Fence, LeaseRequest, LogQuery, Store, StoredState } from '../store.ts';

export class ForwardingStore implements Store {
  protected readonly inner: Store;

  constructor(inner: Store) {
    this.inner = inner;
  }

  read(): StoredState | Promise<StoredState> {
    return this.inner.read();
  }

  commit(change: Change, seenSeq?: number, fence?: Fence): Promise<Committed> {
    return this.inner.commit(change, seenSeq, fence);
  }

  refresh(): Promise<void> {
    return this.inner.refresh();
  }

  follow(listener: (committed: Committed) => void): () => void {
    return this.inner.follow(listener);
  }

  log(query: LogQuery): Promise<readonly LoggedEvent[]> {
    return this.inner.log(query);
  }

  addFacts(batch: FactsBatch): Promise<void> {
    return this.inner.addFacts(batch);
  }

  readTally(scope: Scope, subject: string): Promise<Tally> {
    return this.inner.readTally(scope, subject);
  }

  readTotals(scope: Scope, subject: string): Promise<SubjectTotals> {
    return this.inner.readTotals(scope, subject);
  }

  readUnitValues(scope: Scope, subject: string, metric: string): Promise<UnitValues | null> {
    return this.inner.readUnitValues(scope, subject, metric);
  }

  due(now: number, limit: number): Promise<readonly SluiceRecord[]> {
    return this.inner.due(now, limit);
  }

  lease(request: LeaseRequest): Promise<number | null> {
    return this.inner.lease(request);
  }

  release(name: string, holder: string): Promise<void> {
    return this.inner.release(name, holder);
  }

  reload(): Promise<void> {
    return this.inner.reload();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
