/** The records of a flag file: the file that people edit, with the journal beside it that is the truth, brought together under a lock. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Change, DEFAULT_SCOPE, type Flag, type LoggedEvent, SluiceError, type SluiceRecord, sameScope } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { type Adoption, planAdoption } from './adoption.ts';
import { FileLock } from './file-lock.ts';
import { watchFile } from './file-watch.ts';
import { hashOf, rewriteFlagText } from './flag-file-text.ts';
import { FlagProjection, type FoundFile } from './flag-projection.ts';
import { Followers } from './followers.ts';
import { Journal } from './journal.ts';
import { commitEntry, type JournalEntry } from './journal-entry.ts';
import { JournalState } from './journal-state.ts';
import { queryEvents } from './log-query.ts';
import { recordId } from './record-book.ts';
import type { Committed, LogQuery, StoredState } from './store.ts';

export interface JournaledRecordsOptions {
  readonly clock?: Clock;
  /** Accept a file that drops every flag. */
  readonly force?: boolean;
  /** Notice edits by hand and commits of other processes as they happen; true unless given. Without, `reload()` looks. */
  readonly watch?: boolean;
  /** Hears of what goes wrong when no caller is waiting: a bad edit, a directory that cannot be written. */
  readonly onProblem?: (error: SluiceError) => void;
  /** A journal longer than this many bytes begins a new segment. */
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES = 4 * 1024 * 1024;

export class JournaledRecords {
  readonly #options: JournaledRecordsOptions;
  readonly #clock: Clock;
  readonly #journal: Journal<JournalEntry>;
  readonly #state: JournalState;
  readonly #projection: FlagProjection;
  readonly #lock: FileLock;
  readonly #followers: Followers;
  #stopWatching: (() => void) | null = null;
  /** The bad text that was reported last, so that it is reported once. */
  #rejected: string | null = null;
  /** What reading found to adopt, for the commit that follows it: a large file is not read twice. */
  #adoption: { readonly hash: string; readonly seq: number; readonly adoption: Adoption } | null = null;
  #opened: Promise<void> | null = null;
  #isClosed = false;

  constructor(path: string, options: JournaledRecordsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock();
    this.#journal = new Journal(`${path}.journal`);
    this.#state = new JournalState(`${path}.journal`);
    this.#projection = new FlagProjection(path);
    this.#lock = new FileLock(path);
    this.#followers = new Followers((error) => this.#problem(error));
  }

  read(): StoredState {
    this.#state.apply(this.#journal.catchUp());
    const records = new Map(this.#state.book.all().map((record) => [recordId(record), record]));
    for (const edited of this.#editedSince()) records.set(recordId(edited), edited);
    this.#opened ??= this.#open();
    return { seq: this.#state.seq, records: [...records.values()] };
  }

  /** What a hand edited while nobody was looking, for reading at once; `#look` commits it. */
  #editedSince(): readonly SluiceRecord[] {
    try {
      const found = this.#projection.find();
      if (found === null || found.hash === this.#state.hash || this.#state.unplaced.has(found.hash)) return [];
      return this.#adoptionOf(found).records;
    } catch (error) {
      if (this.#journal.exists) return [];
      throw error;
    }
  }

  async #open(): Promise<void> {
    // Whoever reads now has the state already; writing may wait until they had a chance to follow.
    await Promise.resolve();
    await this.#lookSafely();
    if (this.#isClosed || this.#options.watch === false) return;
    this.#stopWatching = watchFile(this.#projection.path, () => void this.#lookSafely());
  }

  async #lookSafely(): Promise<void> {
    if (this.#isClosed) return;
    try {
      if (this.#isUpToDate()) return;
      await this.#lock.run(() => this.#look());
    } catch (error) {
      this.#problem(error);
    }
  }

  /** Whether a look would find nothing to do: cheap, and without the lock. */
  #isUpToDate(): boolean {
    this.#catchUp();
    const found = this.#projection.find();
    if (found === null) return !this.#flags().some((flag) => flag.archivedAt === null);
    if (found.hash === this.#state.hash) this.#projection.base(found.text);
    return found.hash === this.#state.hash || found.text === this.#rejected;
  }

  /** Brings journal and file together. The caller holds the lock. */
  async #look(): Promise<void> {
    this.#catchUp();
    const found = this.#projection.find();
    if (found !== null && found.hash === this.#state.hash) return this.#projection.base(found.text);
    if (found === null ? this.#flags().length > 0 : this.#state.unplaced.has(found.hash)) {
      return this.#place(this.#projection.reconciled(found, this.#flags(), DEFAULT_SCOPE));
    }
    if (found !== null) await this.#adopt(found);
  }

  async #adopt(found: FoundFile): Promise<void> {
    let change: Adoption;
    try {
      change = this.#adoptionOf(found);
    } catch (error) {
      this.#rejected = found.text;
      throw error;
    }
    this.#rejected = null;
    this.#adoption = null;
    const text = rewriteFlagText(found.text, new Map(change.further.map((flag) => [flag.key, flag])));
    if (change.records.length > 0) await this.#append(change, text === found.text ? found.hash : hashOf(text));
    if (text !== found.text) return this.#place(text);
    this.#projection.base(found.text);
    if (this.#journal.exists) this.#state.apply(await this.#journal.append({ type: 'projected', hash: found.hash }, false));
  }

  #adoptionOf(found: FoundFile): Adoption {
    const { seq } = this.#state;
    if (this.#adoption?.hash === found.hash && this.#adoption.seq === seq) return this.#adoption.adoption;
    const adoption = this.#plannedAdoption(found);
    this.#adoption = { hash: found.hash, seq, adoption };
    return adoption;
  }

  #plannedAdoption(found: FoundFile): Adoption {
    const kept = new Map(this.#flags().map((flag) => [flag.key, flag]));
    return planAdoption({
      path: this.#projection.path,
      text: found.text,
      written: this.#projection.flagsIn(found),
      kept,
      others: (key) => this.#state.book.ownersOf(DEFAULT_SCOPE, key),
      force: this.#options.force ?? false,
      now: this.#clock.now(),
    });
  }

  #flags(): Flag[] {
    return this.#state.book
      .all()
      .flatMap((record) => (record.kind === 'flag' && sameScope(record.scope, DEFAULT_SCOPE) ? [record] : []));
  }

  async commit(change: Change): Promise<Committed> {
    if (this.#isClosed) throw new SluiceError('unavailable', `${this.#projection.path} is closed`);
    await this.#opened;
    return this.#lock.run(async () => {
      await this.#look().catch((error: unknown) => this.#problem(error));
      this.#state.book.check(change);
      const before = new Map(this.#flags().map((flag) => [flag.key, flag]));
      const flags = change.records.flatMap((record) =>
        record.kind === 'flag' && sameScope(record.scope, DEFAULT_SCOPE) ? [record] : [],
      );
      const text = this.#projection.planned((key) => before.get(key), flags);
      const hash = hashOf(text);
      const isMoved = hash !== this.#state.hash || !this.#journal.exists;
      const committed = await this.#append(change, hash);
      if (isMoved) await this.#place(text).catch((error: unknown) => this.#problem(error));
      if (this.#journal.size > (this.#options.segmentBytes ?? SEGMENT_BYTES))
        await this.#rotate().catch((error: unknown) => this.#problem(error));
      return committed;
    });
  }

  async #append(change: Change, hash: string): Promise<Committed> {
    mkdirSync(dirname(this.#journal.path), { recursive: true });
    const seq = this.#state.seq + change.events.length;
    const caughtUp = await this.#journal.append(commitEntry(seq, hash, change.records, change.events));
    const commits = this.#state.apply(caughtUp);
    for (const committed of commits) this.#followers.tell(committed);
    return commits.at(-1) as Committed;
  }

  /** Writes the projection and marks it. The line that it projects is durable already. */
  async #place(text: string): Promise<void> {
    await this.#projection.write(text, this.#rejected);
    this.#rejected = null;
    this.#state.apply(await this.#journal.append({ type: 'projected', hash: this.#projection.hash }, false));
  }

  async #rotate(): Promise<void> {
    await this.#journal.rotate(this.#state.checkpoint(), this.#state.archiveName());
    this.#state.rotated();
  }

  #catchUp(): void {
    for (const committed of this.#state.apply(this.#journal.catchUp())) this.#followers.tell(committed);
  }

  #problem(error: unknown): void {
    const problem =
      error instanceof SluiceError
        ? error
        : new SluiceError('unavailable', error instanceof Error ? error.message : String(error), { cause: error });
    this.#options.onProblem?.(problem);
  }

  async log(query: LogQuery): Promise<readonly LoggedEvent[]> {
    this.#catchUp();
    return queryEvents(this.#state.events(query.after ?? 0), query);
  }

  follow(listener: (committed: Committed) => void): () => void {
    return this.#followers.add(listener);
  }

  async due(now: number, limit: number): Promise<readonly SluiceRecord[]> {
    this.#catchUp();
    return this.#state.book.due(now, limit);
  }

  async reload(): Promise<void> {
    await this.#opened;
    this.#rejected = null;
    await this.#lock.run(() => this.#look());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching?.();
    await this.#opened;
    await this.#lock.idle();
    await this.#journal.close();
  }
}
