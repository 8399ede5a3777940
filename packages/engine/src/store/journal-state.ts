/** What the lines of a journal add up to. */
import { DEFAULT_SCOPE, type Flag, type LoggedEvent, SluiceError, type SluiceRecord, sameScope } from '@sluice/core';
import { EMPTY_FILE, hashOf } from './flag-file-text.ts';
import type { History } from './history.ts';
import { type CommitEntry, eventsOf, type JournalEntry } from './journal-entry.ts';
import { ReceiptBook } from './receipt-book.ts';
import { RecordBook } from './record-book.ts';
import type { Committed } from './store.ts';

export class JournalState {
  readonly book = new RecordBook();
  readonly receipts = new ReceiptBook();
  readonly #history: History;
  #hash = hashOf(EMPTY_FILE);
  #seq = 0;
  #unplacedHashes = new Set<string>();
  #placedFlags = new Map<string, Flag | null>();
  /** Commits of the present segment. Their events are composed when they are asked for. */
  #commits: CommitEntry[] = [];
  /** Events up to here stand only in older segments. */
  #archivedUpTo = 0;

  constructor(history: History) {
    this.#history = history;
  }

  /** Hash of the flag file that the records imply. */
  get hash(): string {
    return this.#hash;
  }

  /** Sequence number of the last event. */
  get seq(): number {
    return this.#seq;
  }

  /** Hashes of flag files that the journal implied since one was last known to stand in its place. */
  get unplacedHashes(): ReadonlySet<string> {
    return this.#unplacedHashes;
  }

  /** What flags were, as `placedFlags` has them, at some instant in this process's life and have changed since. */
  #since = new Map<string, Flag | null>();

  /** Flags that changed since `rememberFromNow`, or had not been placed then, as the flag file had them. */
  get changedSince(): ReadonlyMap<string, Flag | null> {
    return this.#since;
  }

  rememberFromNow(): void {
    this.#since = new Map(this.#placedFlags);
  }

  /** Flags that changed since the flag file was last known to stand in its place, as they were then; null for one that was not there. */
  get placedFlags(): ReadonlyMap<string, Flag | null> {
    return this.#placedFlags;
  }

  /** The flags of the flag file. */
  flags(): Flag[] {
    return this.book.all().filter(isFileFlag);
  }

  /** Takes new entries in. If `isTold`, answers the commits among them, and what a checkpoint knew of others. */
  apply(entries: readonly JournalEntry[], isTold: boolean): Committed[] {
    return entries.flatMap((entry): Committed[] => {
      if (entry.type === 'commit') {
        this.#commit(entry, isTold);
        return isTold ? [{ seq: entry.seq, records: entry.records, events: eventsOf(entry) }] : [];
      }
      if (entry.type === 'checkpoint') return this.#checkpoint(entry, isTold);
      this.#hash = entry.hash;
      this.#unplacedHashes.clear();
      this.#placedFlags.clear();
      return [];
    });
  }

  #commit(entry: CommitEntry, isTold: boolean): void {
    const changed = isTold ? [this.#placedFlags, this.#since] : [this.#placedFlags];
    for (const record of entry.records) {
      if (!isFileFlag(record)) continue;
      const before = this.book.get(record);
      const flag = before?.kind === 'flag' ? before : null;
      for (const known of changed) if (!known.has(record.key)) known.set(record.key, flag);
    }
    this.book.apply(entry.records);
    this.receipts.apply(entry.receipt, entry.events);
    this.#commits.push(entry);
    if (entry.edited !== undefined) {
      // Where an edit stands, nothing that was implied before does.
      this.#unplacedHashes = new Set([entry.edited.hash]);
      this.#placedFlags = new Map(entry.edited.flags);
    } else if (entry.hash !== this.#hash) this.#unplacedHashes.add(this.#hash);
    this.#hash = entry.hash;
    this.#seq = entry.seq;
  }

  /** What it says beyond what is known here was committed to segments that this process did not see. */
  #checkpoint(entry: Extract<JournalEntry, { type: 'checkpoint' }>, isTold: boolean): Committed[] {
    const known = this.#seq;
    const revisionOf = (record: SluiceRecord): number => this.book.get(record)?.revision ?? 0;
    const isOlder = entry.seq < known || entry.records.some((record) => record.revision < revisionOf(record));
    if (isOlder)
      throw new SluiceError(
        'unavailable',
        'the journal was begun again by a process that had not seen all of it; this process keeps what it has and writes nothing until it is started again',
      );
    const missed = entry.records.filter((record) => record.revision > revisionOf(record));
    this.book.clear();
    this.book.apply(entry.records);
    this.receipts.restore(entry.receipts ?? []);
    this.#hash = entry.hash;
    this.#seq = entry.seq;
    this.#unplacedHashes = new Set(entry.hashes);
    this.#placedFlags = new Map(entry.flags);
    this.begun();
    if (!isTold || missed.length === 0) return [];
    return [{ seq: entry.seq, records: missed, events: this.#history.readable(known, entry.seq) }];
  }

  /** Everything that a new segment has to begin with. */
  *checkpoint(): Generator<JournalEntry> {
    const [hashes, flags] = [[...this.#unplacedHashes], [...this.#placedFlags]];
    const [records, receipts] = [this.book.all(), this.receipts.all()];
    yield { type: 'checkpoint', seq: this.#seq, hash: this.#hash, records, receipts, hashes, flags };
  }

  /** A new segment has begun: the events up to now are in older ones. */
  begun(): void {
    this.#commits = [];
    this.#archivedUpTo = this.#seq;
  }

  /** Events in batches, those of each in order of `seq`: from the oldest, or from the newest, as far as they are asked for. */
  *events(after: number, newestFirst: boolean): Generator<readonly LoggedEvent[]> {
    const older = after >= this.#archivedUpTo ? [] : this.#history.batches(after, this.#archivedUpTo, newestFirst);
    if (!newestFirst) yield* older;
    const recent = this.#commits.filter(({ seq }) => seq > after);
    for (const commit of newestFirst ? recent.reverse() : recent) yield eventsOf(commit);
    if (newestFirst) yield* older;
  }
}

/** Whether the flag file shows this record. */
export function isFileFlag(record: SluiceRecord): record is Flag {
  return record.kind === 'flag' && sameScope(record.scope, DEFAULT_SCOPE);
}
