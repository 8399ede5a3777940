/** What the lines of a file store's journal say. */
import type { Change, Flag, LoggedEvent, Receipt, SluiceEvent, SluiceRecord } from '@sluice/core';
import { type KeptReceipt, loggedEvents } from './receipt-book.ts';
import { recordId } from './record-book.ts';

/** An event as a line has it: its record is left out where it is the one that the same line keeps. */
type StoredEvent = Omit<SluiceEvent, 'record'> & { readonly record?: SluiceRecord };

export type JournalEntry =
  /** One commit. `hash` is that of the flag file which it implies; `seq` that of its last event. */
  | {
      readonly type: 'commit';
      readonly seq: number;
      readonly hash: string;
      readonly records: readonly SluiceRecord[];
      readonly events: readonly StoredEvent[];
      /** Of an edit that was taken in: the file that it stands in, and what that does not say yet. */
      readonly edited?: EditedFile;
      /** Of the request that it was made for. */
      readonly receipt?: Receipt;
    }
  /** The flag file with this hash stands in its place. */
  | { readonly type: 'projected'; readonly hash: string }
  /** Everything, at the start of a segment. */
  | ({
      readonly type: 'checkpoint';
      readonly seq: number;
      readonly hash: string;
      readonly records: readonly SluiceRecord[];
      /** Left out by journals that are older than receipts. */
      readonly receipts?: readonly KeptReceipt[];
    } & Unplaced);

/** A flag file that somebody edited, as far as it differs from the records since it was taken in. */
export interface EditedFile {
  readonly hash: string;
  /** Flags that it does not show as they are, as it shows them; null for one that it does not have. */
  readonly flags: readonly (readonly [string, Flag | null])[];
}

/** What the flag file in its place does not say yet. */
export interface Unplaced {
  /** Hashes of flag files that were implied since one was last known to stand in its place. */
  readonly hashes: readonly string[];
  /** Flags that changed since then, with what they were; null for one that was not there. */
  readonly flags: readonly (readonly [string, Flag | null])[];
}

export function commitEntry(seq: number, hash: string, { records, events, receipt }: Change, edited?: EditedFile): JournalEntry {
  const kept = new Map(records.map((record) => [recordId(record), record]));
  const stored = events.map((event): StoredEvent => {
    if (kept.get(recordId(event.record)) !== event.record) return event;
    const { record, ...rest } = event;
    return rest;
  });
  const more = { ...(edited === undefined ? {} : { edited }), ...(receipt === undefined ? {} : { receipt }) };
  return { type: 'commit', seq, hash, records, events: stored, ...more };
}

/** The events of a commit with their places in the log and their records. */
export function eventsOf(entry: Extract<JournalEntry, { type: 'commit' }>): LoggedEvent[] {
  const kept = new Map(entry.records.map((record) => [recordId(record), record]));
  const events = entry.events.map((event): SluiceEvent => {
    const record = event.record ?? (kept.get(recordId(event)) as SluiceRecord);
    return { ...event, record };
  });
  const receipt = entry.receipt === undefined ? {} : { receipt: entry.receipt };
  return loggedEvents({ events, ...receipt }, entry.seq - events.length);
}
