/** A store that keeps nothing beyond the process: for tests, and for flags that come from elsewhere at every start. */
import {
  type Change,
  type LoggedEvent,
  type Scope,
  SluiceError,
  type SluiceRecord,
  type SubjectTotals,
  type Tally,
  type UnitValues,
} from '@sluice/core';
import { FactsBook } from './facts-book.ts';
import { Followers, warn } from './followers.ts';
import { LeaseBook } from './lease-book.ts';
import { queryEvents } from './log-query.ts';
import { loggedEvents, ReceiptBook } from './receipt-book.ts';
import { deepFreeze, RecordBook } from './record-book.ts';
import type { Committed, FactsBatch, Fence, LeaseRequest, LogQuery, Store, StoredState } from './store.ts';

/** Events beyond this many are forgotten, the oldest first. */
const MAX_EVENTS = 100_000;

export interface MemoryStoreOptions {
  /** Units that the ledger keeps; a million unless given. */
  readonly ledgerCap?: number;
  /** Hears of a follower that throws; a process warning unless given. */
  readonly onProblem?: (error: unknown) => void;
}

export function memoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly #records = new RecordBook();
  readonly #receipts = new ReceiptBook();
  readonly #facts: FactsBook;
  readonly #leases = new LeaseBook();
  readonly #followers: Followers;
  #events: LoggedEvent[] = [];
  #seq = 0;
  #isClosed = false;

  constructor(options: MemoryStoreOptions) {
    this.#facts = new FactsBook(options.ledgerCap);
    this.#followers = new Followers(options.onProblem ?? warn);
  }

  read(): StoredState {
    return { seq: this.#seq, records: this.#records.all() };
  }

  async commit(change: Change, seenSeq?: number, fence?: Fence): Promise<Committed> {
    if (this.#isClosed) throw new SluiceError('unavailable', 'the memory store is closed');
    this.#receipts.check(change);
    if (fence !== undefined) this.#leases.check(fence);
    this.#records.check(change, this.#seq, seenSeq);
    this.#records.apply(change.records.map(deepFreeze));
    const events = loggedEvents(change, this.#seq);
    this.#receipts.apply(change.receipt, events);
    this.#seq += events.length;
    for (const event of events) this.#events.push(event);
    if (this.#events.length > MAX_EVENTS * 1.1) this.#events = this.#events.slice(-MAX_EVENTS);
    const committed = { seq: this.#seq, records: change.records, events };
    this.#followers.tell(committed);
    return committed;
  }

  async refresh(): Promise<void> {}

  async log(query: LogQuery): Promise<readonly LoggedEvent[]> {
    return queryEvents(this.#events, query);
  }

  follow(listener: (committed: Committed) => void): () => void {
    return this.#followers.add(listener);
  }

  async addFacts(batch: FactsBatch): Promise<void> {
    this.#facts.add(batch);
  }

  async readTally(scope: Scope, subject: string): Promise<Tally> {
    return this.#facts.tally(scope, subject);
  }

  async readTotals(scope: Scope, subject: string): Promise<SubjectTotals> {
    return this.#facts.totals(scope, subject);
  }

  async readUnitValues(scope: Scope, subject: string, metric: string): Promise<UnitValues | null> {
    return this.#facts.unitValues(scope, subject, metric);
  }
  async due(now: number, limit: number): Promise<readonly SluiceRecord[]> {
    return this.#records.due(now, limit);
  }

  async lease(request: LeaseRequest): Promise<number | null> {
    return this.#leases.take(request);
  }

  async release(name: string, holder: string): Promise<void> {
    this.#leases.release(name, holder);
  }

  async reload(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}
