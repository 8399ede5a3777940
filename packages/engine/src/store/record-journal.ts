/** The journal of a flag file's records, with what it adds up to and those who follow it. */
import { type Change, type LoggedEvent, SluiceError, type SluiceRecord } from '@sluice/core';
import type { Follower, Followers } from './followers.ts';
import { Journal } from './journal.ts';
import { commitEntry, type JournalEntry } from './journal-entry.ts';
import { JournalState } from './journal-state.ts';
import { queryEvents } from './log-query.ts';
import { recordId } from './record-book.ts';
import type { Committed, LogQuery } from './store.ts';

export interface RecordJournalOptions {
  /** A segment longer than this many bytes beyond its beginning is followed by a new one. */
  readonly segmentBytes: number;
  readonly mode: () => { readonly mode?: number };
}

export class RecordJournal {
  readonly state: JournalState;
  readonly #journal: Journal<JournalEntry>;
  readonly #segmentBytes: number;
  readonly #followers: Followers;
  #isLoaded = false;

  constructor(path: string, followers: Followers, { segmentBytes, mode }: RecordJournalOptions) {
    this.state = new JournalState(() => this.#journal.older());
    this.#journal = new Journal(path, { checkpoint: () => this.state.checkpoint(), keepsOlder: true, mode });
    this.#segmentBytes = segmentBytes;
    this.#followers = followers;
  }

  /** Whether there is a journal at all. */
  get exists(): boolean {
    return this.#journal.exists;
  }

  /** Where the journal is: equal answers mean that nothing was added between. */
  get position(): string {
    return this.#journal.position;
  }

  /** Takes in what stands there already, and tells nobody: who follows reads it from the state. */
  load(): void {
    if (this.#isLoaded) this.catchUp();
    else this.state.apply(this.#journal.catchUp());
    this.#isLoaded = true;
  }

  /** Takes in what was written since, by whichever process, and tells those who follow. @throws SluiceError `unavailable` when the journal is damaged */
  catchUp(): void {
    this.#tell(this.#journal.catchUp());
  }

  #tell(entries: readonly JournalEntry[]): Committed[] {
    const commits = this.state.apply(entries);
    for (const committed of commits) this.#followers.tell(committed);
    return commits;
  }

  /**
   * Keeps the change and the hash of the flag file that it implies. The caller holds the lock and has caught up.
   * @throws SluiceError `conflict` or `unavailable` as `Journal.append` does
   */
  async append(change: Change, hash: string): Promise<Committed> {
    const seq = this.state.seq + change.events.length;
    const commits = this.#tell(await this.#journal.append(commitEntry(seq, hash, change.records, change.events)));
    const own = commits.find((committed) => committed.seq === seq && isOf(change, committed.records));
    if (own === undefined) throw new SluiceError('unavailable', `${this.#journal.path}: the change was kept and cannot be read`);
    return own;
  }

  /** Notes that the flag file with this hash stands in its place. Losing the note costs only that the file is written again. */
  async markPlaced(hash: string): Promise<void> {
    this.#tell(await this.#journal.append({ type: 'projected', hash }, false));
  }

  /** Begins a new segment when this one is long. The caller holds the lock and has caught up. */
  async rotateIfLong(): Promise<void> {
    if (this.#journal.size - this.#journal.startBytes <= this.#segmentBytes) return;
    await this.#journal.rotate();
    this.state.begun();
  }

  events(query: LogQuery): readonly LoggedEvent[] {
    this.catchUp();
    return queryEvents(this.state.events(query.after ?? 0), query);
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
