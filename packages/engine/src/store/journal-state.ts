/** What the lines of a journal add up to. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LoggedEvent, SluiceRecord } from '@sluice/core';
import { EMPTY_FILE, hashOf } from './flag-file-text.ts';
import { type CaughtUp, readSegment } from './journal.ts';
import { eventsOf, type JournalEntry } from './journal-entry.ts';
import { RecordBook } from './record-book.ts';
import type { Committed } from './store.ts';

export class JournalState {
  readonly book = new RecordBook();
  readonly #path: string;
  /** Hash of the flag file that the records imply. */
  hash = hashOf(EMPTY_FILE);
  /** Hashes of flag files that the journal implied since one was last known to stand in its place. */
  readonly unplaced = new Set<string>();
  seq = 0;
  #events: LoggedEvent[] = [];
  /** Events up to here stand only in older segments. */
  #archivedUpTo = 0;

  /** `path` is the journal's. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Takes new entries in and answers the commits among them. */
  apply({ entries, restarted }: CaughtUp<JournalEntry>): Committed[] {
    return entries.flatMap((entry): Committed[] => {
      if (entry.type === 'commit') return [this.#commit(entry)];
      if (entry.type === 'checkpoint') return this.#checkpoint(entry, restarted);
      this.hash = entry.hash;
      this.unplaced.clear();
      return [];
    });
  }

  #commit(entry: Extract<JournalEntry, { type: 'commit' }>): Committed {
    const events = eventsOf(entry);
    this.book.apply(entry.records);
    this.#events.push(...events);
    if (entry.hash !== this.hash) this.unplaced.add(this.hash);
    this.hash = entry.hash;
    this.seq = entry.seq;
    return { seq: entry.seq, records: entry.records, events };
  }

  /** Another process began a new segment: what it says beyond what is known here was committed meanwhile. */
  #checkpoint(entry: Extract<JournalEntry, { type: 'checkpoint' }>, restarted: boolean): Committed[] {
    const missed = restarted ? entry.records.filter((record) => record.revision > (this.book.get(record)?.revision ?? 0)) : [];
    const known = this.seq;
    this.book.clear();
    this.book.apply(entry.records);
    this.hash = entry.hash;
    this.seq = entry.seq;
    this.unplaced.clear();
    this.#events = [];
    this.#archivedUpTo = entry.seq;
    if (missed.length === 0) return [];
    return [{ seq: entry.seq, records: missed, events: this.#archived().filter((event) => event.seq > known) }];
  }

  /** All events, the oldest first, from older segments as far as `after` needs them. */
  events(after: number): readonly LoggedEvent[] {
    return after >= this.#archivedUpTo ? this.#events : [...this.#archived(), ...this.#events];
  }

  checkpoint(): JournalEntry {
    return { type: 'checkpoint', seq: this.seq, hash: this.hash, records: this.book.all() as SluiceRecord[] };
  }

  /** The name under which the segment up to now is kept. */
  archiveName(): string {
    return `${this.#path}.${String(this.seq).padStart(12, '0')}`;
  }

  /** A new segment began here: what was in memory is now in the older one. */
  rotated(): void {
    this.#events = [];
    this.#archivedUpTo = this.seq;
  }

  #archived(): LoggedEvent[] {
    const directory = dirname(this.#path);
    const prefix = `${basename(this.#path)}.`;
    const segments = readdirSync(directory).filter(
      (name) => name.startsWith(prefix) && /^\d{12}$/.test(name.slice(prefix.length)),
    );
    const entries = segments.sort().flatMap((name) => readSegment<JournalEntry>(join(directory, name)));
    return entries.flatMap((entry) => (entry.type === 'commit' ? eventsOf(entry) : []));
  }
}
