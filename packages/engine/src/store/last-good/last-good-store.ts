/**
 * A store before which a process need not wait: while it is away at the start, the state that was last known is read in its place, and when
 * it answers, followers are told what is different.
 */
import { randomUUID } from 'node:crypto';
import { type Change, jsonEqual, SluiceError, type SluiceRecord } from '@sluice/core';
import type { Clock } from '../../clock/clock.ts';
import { answeredWithin, LATE } from '../../clock/deadline.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { describeFailure } from '../../failure.ts';
import { Followers, warn } from '../followers.ts';
import { recordId } from '../record-book.ts';
import type { Committed, Fence, Store, StoredState } from '../store.ts';
import { CommitWatch } from './commit-watch.ts';
import { ForwardingStore } from './forwarding-store.ts';
import { isKept, LastGoodFile, type LastGoodState } from './last-good-file.ts';
import { LastGoodKeeper } from './last-good-keeper.ts';
import { StoreContact } from './store-contact.ts';

export interface LastGoodOptions {
  readonly store: Store;
  /** Where the last good state is kept. */
  readonly file: string;
  /** Names the store, for a file is of no use to another one. */
  readonly source: string;
  readonly clock?: Clock;
  /** Hears of what goes wrong when no caller is waiting; a process warning unless given. */
  readonly onProblem?: (error: unknown) => void;
  /** How long a start waits for the store where there is a last good state, in milliseconds; 3000 unless given. */
  readonly patienceMs?: number;
}

/** What is served while the store does not answer. */
export interface Staleness {
  /** When the store was last known to be so, milliseconds since 1970. */
  readonly asOf: number;
  /** Whether the store has not answered since the start: people and webhooks are not known then. */
  readonly isFromFile: boolean;
}

/** How long a store may take over a lease that nobody needs. */
const PROBE_MS = 3_000;
const PROBE = 'write-probe';

/** @throws from `read`, when there is no last good state either, what the store throws */
export function lastGoodStore(options: LastGoodOptions): LastGoodStore {
  return new LastGoodStore(options);
}

export class LastGoodStore extends ForwardingStore {
  /** Resolves when the store has given its state, and followers know what of it is different. */
  readonly current: Promise<void>;
  /** Tells how its commits go. */
  readonly commits = new CommitWatch();
  readonly #clock: Clock;
  readonly #onProblem: (error: unknown) => void;
  readonly #patienceMs: number;
  readonly #file: LastGoodFile;
  readonly #keeper: LastGoodKeeper;
  readonly #contact: StoreContact;
  readonly #followers: Followers;
  readonly #holder = randomUUID();
  readonly #stopFollowing: () => void;
  #hasCurrent = (): void => {};
  #origin: 'none' | 'file' | 'store' = 'none';
  #records = new Map<string, SluiceRecord>();
  #seq = 0;
  #fileProblem: string | null = null;
  #reading: Promise<void> | null = null;

  constructor({ store, file, source, clock = systemClock(), onProblem = warn, patienceMs = 3_000 }: LastGoodOptions) {
    super(store);
    this.#clock = clock;
    this.#onProblem = onProblem;
    this.#patienceMs = patienceMs;
    this.#file = new LastGoodFile(file, source);
    this.#keeper = new LastGoodKeeper({ file: this.#file, clock, onProblem, state: () => this.#state() });
    this.#contact = new StoreContact({ clock, ask: () => this.refresh(), onAnswer: () => this.#keeper.confirmed() });
    this.#followers = new Followers(onProblem);
    this.#stopFollowing = store.follow((committed) => this.#take(committed));
    this.current = new Promise((resolve) => {
      this.#hasCurrent = resolve;
    });
  }

  /** Null while the store answers. */
  get staleness(): Staleness | null {
    if (this.#origin === 'none' || (this.#origin === 'store' && this.#contact.isAnswering)) return null;
    return { asOf: this.#contact.lastAt, isFromFile: this.#origin === 'file' };
  }

  /** The last instant of which it is known that followers have heard of every commit before it, milliseconds since 1970; asked for each five seconds. */
  get heardAllAt(): number {
    return this.#contact.lastAt;
  }

  /** Whether the store keeps what it is given now, found out by giving it something; false also when it does not answer within 3 s. */
  async takesWrites(): Promise<boolean> {
    const now = this.#clock.now();
    const probe = this.inner.lease({ name: PROBE, holder: this.#holder, now, until: now + 1 });
    const answer = probe.then(
      () => true,
      () => false,
    );
    return (await answeredWithin(this.#clock, PROBE_MS, answer)) === true;
  }

  override async read(): Promise<StoredState> {
    if (this.#origin === 'store') return this.inner.read();
    if (this.#origin === 'none') await this.#readFirst();
    this.#contact.keepAsking();
    return this.#state();
  }

  #state(): LastGoodState {
    return { at: this.#contact.lastAt, seq: this.#seq, records: [...this.#records.values()] };
  }

  async #readFirst(): Promise<void> {
    const reading = this.#catchUp();
    const kept = this.#kept();
    if (kept === null) return reading;
    let why = `it gave no answer within ${this.#patienceMs} ms`;
    try {
      if ((await answeredWithin(this.#clock, this.#patienceMs, reading)) !== LATE) return;
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'unavailable') throw error;
      why = error.message;
    }
    if (this.#origin !== 'none') return;
    this.#origin = 'file';
    this.#records = new Map(kept.records.map((record) => [recordId(record), record]));
    this.#seq = kept.seq;
    this.#contact.lost(kept.at);
    const asOf = new Date(kept.at).toISOString();
    this.#onProblem(
      new SluiceError('unavailable', `the store is away (${why}): what is served is its last good state, of ${asOf}`),
    );
  }

  #kept(): LastGoodState | null {
    try {
      return this.#file.read();
    } catch (error) {
      // Asked for at each attempt to reach the store, and the file is what it was.
      const problem = describeFailure(error);
      if (problem !== this.#fileProblem) this.#onProblem(error);
      this.#fileProblem = problem;
      return null;
    }
  }

  #catchUp(): Promise<void> {
    this.#reading ??= this.#readStore().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readStore(): Promise<void> {
    const askedAt = this.#clock.now();
    const { seq, records } = await this.inner.read();
    const [origin, before] = [this.#origin, this.#records];
    this.#records = new Map(records.map((record) => [recordId(record), record]));
    [this.#origin, this.#seq] = ['store', seq];
    this.#contact.answered(askedAt);
    this.#keeper.changed();
    if (origin === 'file') {
      this.#tellOfLost([...before].filter(([id]) => !this.#records.has(id)).map(([, record]) => record));
      this.#followers.tell({
        seq,
        records: records.filter((record) => !jsonEqual(record, before.get(recordId(record)))),
        events: [],
      });
    }
    this.#hasCurrent();
  }

  /** Nothing is ever deleted from a store, so it is not the one that was known, and who follows cannot forget. */
  #tellOfLost(lost: readonly SluiceRecord[]): void {
    const [first] = lost;
    if (first === undefined) return;
    const what = `${lost.length} records of the last good state, such as ${first.kind} "${first.key}", are not in the store`;
    this.#onProblem(
      new SluiceError('conflict', `${what}: it was put back to an earlier state, or is another one; start this process anew`),
    );
  }

  #take(committed: Committed): void {
    // The state that is being read has it.
    if (this.#origin !== 'store') return;
    for (const record of committed.records) this.#records.set(recordId(record), record);
    this.#seq = committed.seq;
    this.#contact.answered(this.#clock.now());
    if (committed.records.some(isKept)) this.#keeper.changed();
    this.#followers.tell(committed);
  }

  /** @throws SluiceError as the store's `commit` does; `unavailable` while its state is not known */
  override async commit(change: Change, seenSeq?: number, fence?: Fence): Promise<Committed> {
    return this.commits.over(async () => {
      if (this.#origin !== 'store') await this.#catchUp();
      return this.inner.commit(change, seenSeq, fence);
    });
  }

  override refresh(): Promise<void> {
    return this.#origin === 'store' ? this.inner.refresh() : this.#catchUp();
  }

  override follow(listener: (committed: Committed) => void): () => void {
    return this.#followers.add(listener);
  }

  override async close(): Promise<void> {
    this.#contact.stop();
    this.#stopFollowing();
    await this.#keeper.close();
    await this.inner.close();
  }
}
