/** What the lines of a file store's journal say. */
import type { Attribution, Change, Flag, LoggedEvent, Receipt, SluiceEvent, SluiceRecord } from '@sluice/core';
import { type KeptReceipt, loggedEvents } from './receipt-book.ts';
import { recordId } from './record-book.ts';
import { type SharedRecords, shareValues, unshareValues } from './shared-values.ts';

/** An event as a line has it: its record is left out where it is the one that the same line keeps. */
type StoredEvent = Omit<SluiceEvent, 'record'> & { readonly record?: SluiceRecord };

/** Events that say the same of records which follow one another in the same line. */
export interface EventRun extends Attribution {
  readonly type: SluiceEvent['type'];
  readonly at: number;
  readonly detail: SluiceEvent['detail'];
  /** The first of the records. */
  readonly from: number;
  /** How many records, and events. */
  readonly count: number;
}

export type JournalEntry =
  /** One commit. `hash` is that of the flag file which it implies; `seq` that of its last event. */
  | {
      readonly type: 'commit';
      readonly seq: number;
      readonly hash: string;
      readonly records: readonly SluiceRecord[];
      readonly events: readonly (StoredEvent | EventRun)[];
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

/** An entry as a line has it. */
export type StoredEntry = JournalEntry & Pick<SharedRecords, 'values'>;

export type CommitEntry = Extract<JournalEntry, { type: 'commit' }>;

export function commitEntry(seq: number, hash: string, { records, events, receipt }: Change, edited?: EditedFile): CommitEntry {
  const more = { ...(edited === undefined ? {} : { edited }), ...(receipt === undefined ? {} : { receipt }) };
  return { type: 'commit', seq, hash, records, events: runsOf(records, events), ...more };
}

function runsOf(records: readonly SluiceRecord[], events: readonly SluiceEvent[]): CommitEntry['events'] {
  const places = new Map(records.map((record, index) => [record, index]));
  const stored: (StoredEvent | EventRun)[] = [];
  for (const event of events) {
    const place = places.get(event.record);
    const last = stored.at(-1);
    if (place === undefined || recordId(event) !== recordId(event.record)) stored.push(event);
    else if (last !== undefined && 'count' in last && isNextOf(last, event, place))
      stored[stored.length - 1] = { ...last, count: last.count + 1 };
    else {
      const { type, at, actor, reason, detail } = event;
      stored.push({ type, at, actor, reason, detail, from: place, count: 1 });
    }
  }
  return stored;
}

function isNextOf(run: EventRun, event: SluiceEvent, place: number): boolean {
  return (
    place === run.from + run.count &&
    event.type === run.type &&
    event.at === run.at &&
    event.actor === run.actor &&
    event.reason === run.reason &&
    Object.keys(run.detail).length + Object.keys(event.detail).length === 0
  );
}

/** The events of a commit with their places in the log and their records. */
export function eventsOf(entry: CommitEntry): LoggedEvent[] {
  const events: SluiceEvent[] = [];
  // Older journals name the record.
  const kept = entry.events.every((event) => 'count' in event)
    ? null
    : new Map(entry.records.map((record) => [recordId(record), record]));
  for (const event of entry.events) {
    if ('count' in event)
      for (const record of entry.records.slice(event.from, event.from + event.count)) events.push(eventOfRun(event, record));
    else events.push({ ...event, record: event.record ?? (kept?.get(recordId(event)) as SluiceRecord) });
  }
  const receipt = entry.receipt === undefined ? {} : { receipt: entry.receipt };
  return loggedEvents({ events, ...receipt }, entry.seq - events.length);
}

function eventOfRun({ type, at, actor, reason, detail }: EventRun, record: SluiceRecord): SluiceEvent {
  return { type, scope: record.scope, kind: record.kind, key: record.key, at, actor, reason, record, detail };
}

/** What a line says of an entry. */
export function storedEntry(entry: JournalEntry): StoredEntry {
  return entry.type === 'projected' ? entry : { ...entry, ...shareValues(entry.records) };
}

/** The entry of a line, which is taken over. Journals that are older have whole flags, each with its own values. */
export function entryOf(stored: StoredEntry): JournalEntry {
  if (stored.type === 'projected') return stored;
  const { values: _, ...entry } = stored;
  return { ...entry, records: unshareValues(stored) };
}
