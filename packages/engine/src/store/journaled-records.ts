/** The records of a flag file: the file that people edit, with the journal beside it that is the truth, brought together under a lock. */
import { type Change, type LoggedEvent, SluiceError, type SluiceRecord } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { asSluiceError } from '../failure.ts';
import { FileLock } from './file-lock.ts';
import { checkedMaxBytes } from './file-size.ts';
import { watchFile } from './file-watch.ts';
import { modeLike } from './file-work.ts';
import { FlagFileSync } from './flag-file-sync.ts';
import { Followers } from './followers.ts';
import { RecordJournal } from './record-journal.ts';
import type { Committed, LogQuery, StoredState } from './store.ts';

export interface JournaledRecordsOptions {
  readonly clock?: Clock;
  /** Accept a file that drops every flag. */
  readonly force?: boolean;
  /** Notice edits by hand and commits of other processes as they happen; true unless given. Without, `reload()` looks. */
  readonly watch?: boolean;
  /** Hears of what goes wrong when no caller is waiting: a bad edit, a directory that cannot be written. */
  readonly onProblem?: (error: SluiceError) => void;
  /** A segment of the journal that grew by more than this many bytes is followed by a new one. */
  readonly segmentBytes?: number;
  /** A flag file of more bytes is refused, and the last good state stays; 64 MiB unless given. */
  readonly maxFileBytes?: number;
}

const SEGMENT_BYTES = 4 * 1024 * 1024;

export class JournaledRecords {
  readonly #path: string;
  readonly #options: JournaledRecordsOptions;
  readonly #journal: RecordJournal;
  readonly #sync: FlagFileSync;
  readonly #lock: FileLock;
  readonly #followers: Followers;
  #stopWatching: (() => void) | null = null;
  #opened: Promise<void> | null = null;
  #isClosed = false;

  constructor(path: string, options: JournaledRecordsOptions) {
    const onProblem = (error: unknown): void => this.#problem(error);
    const { clock = systemClock(), force = false, segmentBytes = SEGMENT_BYTES } = options;
    const maxBytes = checkedMaxBytes('maxFileBytes', options.maxFileBytes);
    this.#path = path;
    this.#options = options;
    const mode = (): { readonly mode?: number } => modeLike(path);
    this.#followers = new Followers(onProblem);
    this.#journal = new RecordJournal(`${path}.journal`, this.#followers, { segmentBytes, mode });
    this.#sync = new FlagFileSync(path, this.#journal, { clock, force, maxBytes, onProblem });
    this.#lock = new FileLock(path);
  }

  read(): StoredState {
    this.#journal.load();
    const { state } = this.#journal;
    const edited = this.#sync.edited();
    this.#opened ??= this.#open(edited);
    return { seq: state.seq, records: edited.length === 0 ? state.book.all() : state.book.with(edited) };
  }

  async #open(edited: readonly SluiceRecord[]): Promise<void> {
    // Whoever reads now has the state already; writing may wait until they had a chance to follow.
    await Promise.resolve();
    await this.#lookSafely();
    this.#takeBack(edited);
    if (this.#isClosed || this.#options.watch === false) return;
    this.#stopWatching = watchFile(this.#path, () => void this.#lookSafely());
  }

  /** An edit that was read at once may have been undone by its editor before it could be kept. */
  #takeBack(edited: readonly SluiceRecord[]): void {
    const { book, seq } = this.#journal.state;
    const records = edited.flatMap((record) => {
      const kept = book.get(record);
      return kept === undefined || kept.revision >= record.revision ? [] : [kept];
    });
    if (records.length > 0) this.#followers.tell({ seq, records, events: [] });
  }

  async #lookSafely(): Promise<void> {
    if (this.#isClosed) return;
    try {
      const isUpToDate = (): boolean => {
        this.#journal.catchUp();
        return this.#sync.isUpToDate();
      };
      if (isUpToDate()) return;
      // Whoever had the lock meanwhile may have done what there was to do, or found that it cannot be done.
      await this.#lock.run(async () => isUpToDate() || this.#sync.look());
    } catch (error) {
      this.#problem(error);
    }
  }

  async commit(change: Change, seenSeq?: number): Promise<Committed> {
    if (this.#isClosed) throw new SluiceError('unavailable', `${this.#path} is closed`);
    await this.#opened;
    return this.#lock.run(async () => {
      // A bad edit is its editor's to mend, and keeps nobody from changing flags.
      await this.#sync.look().catch((error: unknown) => this.#problem(error));
      this.#journal.catchUp();
      const { book, receipts, seq } = this.#journal.state;
      receipts.check(change);
      book.check(change, seq, seenSeq);
      const committed = await this.#sync.keep(change);
      await this.#journal.rotateIfLong().catch((error: unknown) => this.#problem(error));
      return committed;
    });
  }

  async refresh(): Promise<void> {
    this.#journal.catchUp();
  }

  #problem(error: unknown): void {
    this.#options.onProblem?.(asSluiceError(error));
  }

  async log(query: LogQuery): Promise<readonly LoggedEvent[]> {
    return this.#journal.events(query);
  }

  follow(listener: (committed: Committed) => void): () => void {
    return this.#journal.follow(listener);
  }

  async due(now: number, limit: number): Promise<readonly SluiceRecord[]> {
    this.#journal.catchUp();
    return this.#journal.state.book.due(now, limit);
  }

  async reload(): Promise<void> {
    await this.#opened;
    this.#sync.forgetProblems();
    await this.#lock.run(() => this.#sync.look());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching?.();
    await this.#opened;
    if (this.#sync.isLate) await this.#lock.run(() => this.#sync.look()).catch((error: unknown) => this.#problem(error));
    await this.#lock.idle();
    this.#sync.close();
    await this.#journal.close();
  }
}
