/** The events that stand in older segments of a journal, which change no more. */
import type { LoggedEvent } from '@sluice/core';
import { entryOf, eventsOf, type StoredEntry } from './journal-entry.ts';

/** What of a journal is behind its present segment. */
export interface OlderSegments {
  older(): readonly number[];
  readOlder(segment: number): readonly StoredEntry[];
}

export class History {
  readonly #journal: OlderSegments;
  /** By segment, the last sequence number of what was read before. */
  readonly #ends = new Map<number, number>();

  constructor(journal: OlderSegments) {
    this.#journal = journal;
  }

  /** A batch per segment with the events after `after` and up to `upTo`. Nothing is read that is not taken. @throws SluiceError `unavailable` for a damaged segment */
  *batches(after: number, upTo: number, newestFirst: boolean): Generator<readonly LoggedEvent[]> {
    const segments = this.#journal.older().filter((segment) => (this.#ends.get(segment) ?? upTo) > after);
    for (const segment of newestFirst ? segments.toReversed() : segments) {
      const events = this.#journal
        .readOlder(segment)
        .map(entryOf)
        .flatMap((entry) => (entry.type === 'commit' ? eventsOf(entry) : []));
      this.#ends.set(segment, events.at(-1)?.seq ?? 0);
      yield events.filter(({ seq }) => seq > after && seq <= upTo);
      if (newestFirst && (events[0]?.seq ?? upTo) <= after) return;
    }
  }

  /** The events after `after`, as far as they can be read. */
  readable(after: number, upTo: number): readonly LoggedEvent[] {
    const batches: (readonly LoggedEvent[])[] = [];
    try {
      for (const batch of this.batches(after, upTo, true)) batches.push(batch);
    } catch {
      // The log tells of it to whoever asks; what was committed is known from the records.
    }
    return batches.reverse().flat();
  }
}
