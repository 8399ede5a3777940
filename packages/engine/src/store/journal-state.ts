/** What the lines of a journal add up to. */
import { DEFAULT_SCOPE, type Flag, type LoggedEvent, type SluiceRecord, sameScope } from '@sluice/core';
import { EMPTY_FILE, hashOf } from './flag-file-text.ts';
import { eventsOf, type JournalEntry } from './journal-entry.ts';
import { readSegment } from './journal-reader.ts';
import { RecordBook } from './record-book.ts';
import type { Committed } from './store.ts';

export class JournalState {
  readonly book = new RecordBook();
  readonly #olderSegments: () => readonly string[];
  #hash = hashOf(EMPTY_FILE);
  #seq = 0;
  #unplacedHashes = new Set<string>();
  #placedFlags = new Map<string, Flag | null>();
  #events: LoggedEvent[] = [];
  /** Events up to here stand only in older segments. */
  #archivedUpTo = 0;

  constructor(olderSegments: () => readonly string[]) {
    this.#olderSegments = olderSegments;
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

  /** Flags that changed since the flag file was last known to stand in its place, as they were then; null for one that was not there. */
  get placedFlags(): ReadonlyMap<string, Flag | null> {
    return this.#placedFlags;
  }

  /** The flags of the flag file. */
  flags(): Flag[] {
    return this.book.all().filter(isFileFlag);
  }

  /** Takes new entries in and answers the commits among them. */
  apply(entries: readonly JournalEntry[]): Committed[] {
    return entries.flatMap((entry): Committed[] => {
      if (entry.type === 'commit') return [this.#commit(entry)];
      if (entry.type === 'checkpoint') return this.#checkpoint(entry);
      this.#hash = entry.hash;
      this.#unplacedHashes.clear();
      this.#placedFlags.clear();
      return [];
    });
  }

  #commit(entry: Extract<JournalEntry, { type: 'commit' }>): Committed {
    const events = eventsOf(entry);
    for (const record of entry.records.filter(isFileFlag)) {
      const before = this.book.get(record);
      if (!this.#placedFlags.has(record.key)) this.#placedFlags.set(record.key, before?.kind === 'flag' ? before : null);
    }
    this.book.apply(entry.records);
    this.#events.push(...events);
    if (entry.hash !== this.#hash) this.#unplacedHashes.add(this.#hash);
    this.#hash = entry.hash;
    this.#seq = entry.seq;
    return { seq: entry.seq, records: entry.records, events };
  }

  /** What it says beyond what is known here was committed to segments that this process did not see. */
  #checkpoint(entry: Extract<JournalEntry, { type: 'checkpoint' }>): Committed[] {
    const known = this.#seq;
    const missed = entry.records.filter((record) => record.revision > (this.book.get(record)?.revision ?? 0));
    this.book.clear();
    this.book.apply(entry.records);
    this.#hash = entry.hash;
    this.#seq = entry.seq;
    this.#unplacedHashes = new Set(entry.hashes);
    this.#placedFlags = new Map(entry.flags);
    this.begun();
    return missed.length === 0 ? [] : [{ seq: entry.seq, records: missed, events: this.#archived(known) }];
  }

  /** Everything that a new segment has to begin with. */
  *checkpoint(): Generator<JournalEntry> {
    const [hashes, flags] = [[...this.#unplacedHashes], [...this.#placedFlags]];
    yield { type: 'checkpoint', seq: this.#seq, hash: this.#hash, records: this.book.all(), hashes, flags };
  }

  /** A new segment has begun: the events up to now are in older ones. */
  begun(): void {
    this.#events = [];
    this.#archivedUpTo = this.#seq;
  }

  /** All events, the oldest first, from older segments as far as `after` needs them. */
  events(after: number): readonly LoggedEvent[] {
    return after >= this.#archivedUpTo ? this.#events : [...this.#archived(after), ...this.#events];
  }

  #archived(after: number): LoggedEvent[] {
    const entries = this.#olderSegments().flatMap((path) => readSegment<JournalEntry>(path));
    const events = entries.flatMap((entry) => (entry.type === 'commit' && entry.seq > after ? eventsOf(entry) : []));
    return events.filter((event) => event.seq > after && event.seq <= this.#archivedUpTo);
  }
}

/** Whether the flag file shows this record. */
export function isFileFlag(record: SluiceRecord): record is Flag {
  return record.kind === 'flag' && sameScope(record.scope, DEFAULT_SCOPE);
}
