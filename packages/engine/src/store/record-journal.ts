/** The journal of a flag file's records, with what it adds up to and those who follow it. */
import { type Change, type LoggedEvent, SluiceError, type SluiceRecord } from '@sluice/core';
import type { Follower, Followers } from './followers.ts';
import { History } from './history.ts';
import { Journal } from './journal.ts';
import { commitEntry, type EditedFile, entryOf, type StoredEntry, storedEntry } from './journal-entry.ts';
import { JournalState } from './journal-state.ts';
import { queryBatches } from './log-query.ts';
import { recordId } from './record-book.ts';
import type { Committed, LogQuery } from './store.ts';

export interface RecordJournalOptions {
  /** A segment longer than this many bytes beyond its beginning is followed by a new one. */
  readonly segmentBytes: number;
  readonly mode: () => { readonly mode?: number };
}

export class RecordJournal {
  readonly state: JournalState;
  readonly #journal: Journal<StoredEntry>;
  readonly #segmentBytes: number;
  readonly #followers: Followers;
  #isLoaded = false;
  /** Entries that were taken in. */
  #taken = 0;

  constructor(path: string, followers: Followers, { segmentBytes, mode }: RecordJournalOptions) {
    const checkpoint = (): Iterable<StoredEntry> => Array.from(this.state.checkpoint(), storedEntry);
    this.#journal = new Journal(path, { checkpoint, keepsOlder: true, mode });
    this.state = new JournalState(new History(this.#journal));
    this.#segmentBytes = segmentBytes;
    this.#followers = followers;
  }

  /** Whether there is a journal at all. */
  get exists(): boolean {
    return this.#journal.exists;
  }

  /** Where the journal is: equal answers mean that nothing was added between. */
  get position(): string {
    return `${this.#journal.position}/${this.#taken}`;
  }

  /** Takes in what stands there already, and tells nobody: who follows reads it from the state. */
  load(): void {
    if (this.#isLoaded) {
      this.catchUp();
      return;
    }
    this.#apply(this.#journal.catchUp(), false);
    this.state.rememberFromNow();
    this.#isLoaded = true;
  }

  /** Takes in what was written since, by whichever process, and tells those who follow. @throws SluiceError `unavailable` when the journal is damaged */
  catchUp(): void {
    this.#tell(this.#journal.catchUp());
  }

  #apply(entries: readonly StoredEntry[], isTold: boolean): Committed[] {
    try {
      this.#taken += entries.length;
      return this.state.apply(entries.map(entryOf), isTold);
    } catch (error) {
      // Half of them were taken in: nothing may be decided on that.
      const reason = error instanceof Error ? error.message : String(error);
      const failure = new SluiceError('unavailable', `${this.#journal.path}: ${reason}`, { cause: error });
      this.#journal.fail(failure);
      throw failure;
    }
  }

  #tell(entries: readonly StoredEntry[]): Committed[] {
    const commits = this.#apply(entries, true);
    for (const committed of commits) this.#followers.tell(committed);
    return commits;
  }

  /**
   * Keeps the change and the hash of the flag file that it implies. The caller holds the lock and has caught up.
   * @throws SluiceError `conflict` or `unavailable` as `Journal.append` does
   */
  async append(change: Change, hash: string, edited?: EditedFile): Promise<Committed> {
    const seq = this.state.seq + change.events.length;
    const commits = this.#tell(await this.#journal.append(storedEntry(commitEntry(seq, hash, change, edited))));
    const own = commits.find((committed) => committed.seq === seq && isOf(change, committed.records));
    if (own === undefined) throw new SluiceError('unavailable', `${this.#journal.path}: the change was kept and cannot be read`);
    return own;
  }

  /** Notes that the flag file with this hash stands in its place. Losing the note costs only that the file is written again. */
  async markPlaced(hash: string): Promise<void> {
    this.#tell(await this.#journal.appendAside({ type: 'projected', hash }));
  }

  /** Begins a new segment when this one is long. The caller holds the lock. */
  async rotateIfLong(): Promise<void> {
    this.catchUp();
    if (this.#journal.size - this.#journal.startBytes <= this.#segmentBytes) return;
    await this.#journal.rotate();
    this.state.begun();
  }

  events(query: LogQuery): readonly LoggedEvent[] {
    this.catchUp();
    return queryBatches(this.state.events(query.after ?? 0, query.newestFirst === true), query);
  }

  follow(follower: Follower): () => void {
    return this.#followers.add(follower);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}

function isOf(change: Change, records: readonly SluiceRecord[]): boolean {
  return change.records.every((record, index) => {
    const kept = records[index];
    return kept !== undefined && recordId(kept) === recordId(record) && kept.revision === record.revision;
  });
}
