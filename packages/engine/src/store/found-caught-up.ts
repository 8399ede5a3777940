/** The flag file as it stood at a known place of the journal, for whoever has no lock. */
import type { FlagProjection, FoundFile } from './flag-projection.ts';
import type { RecordJournal } from './record-journal.ts';

/** Files that are written to all the time are read this often, and then left for the next look. */
const MAX_ROUNDS = 5;

/**
 * The file, when the journal had nothing newer while it was read: what another process keeps and places meanwhile is no edit. Null also for one that is
 * written to all the time.
 */
export function foundCaughtUp(projection: FlagProjection, journal: RecordJournal): FoundFile | null {
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const { position } = journal;
    const found = projection.find();
    journal.catchUp();
    if (journal.position === position) return found;
  }
  return null;
}
