/** The tables, as Kysely types them. Bodies are the JSON that core made, unchanged; the other columns are what is searched by. */
import type { Generated } from 'kysely';

/** Names and keys in columns are `columnText`. Instants are doubles, because a clock may be read in fractions of a millisecond. */
export interface Tables {
  readonly sluice_migrations: { number: number; name: string };
  /** One row, locked by whoever commits, so that the order of the log is the order of commits. */
  readonly sluice_head: {
    id: number;
    /** The last event. */
    seq: number;
    /** The last commit. */
    commits: number;
    /** The last place that a record was given. */
    places: number;
  };
  /** The latest commits, for those who follow: one without events is one, too. */
  readonly sluice_commits: { number: number; seq: number; records: string };
  readonly sluice_records: RecordName & { place: number; revision: number; due_at: number | null; body: string };
  /** `request` is the id of the change's receipt, null when it had none. */
  readonly sluice_events: RecordName & { seq: number; type: string; request: string | null; body: string };
  /** Of the requests of a day, by id, and when their changes were made. */
  readonly sluice_receipts: { request: string; fingerprint: string; kept_at: number };
  readonly sluice_leases: { name: string; holder: string; until: number; token: number };
  /** The last batch of each instance. `keep_until` is null for what is kept for ever, here and below. */
  readonly sluice_instances: { instance: string; seq: number; keep_until: number | null };
  readonly sluice_tallies: SubjectName & { body: string; keep_until: number | null };
  readonly sluice_subjects: SubjectName & { id: Generated<number>; replaced: number; totals: string };
  readonly sluice_ledger: { subject_id: number; unit: string; body: string };
}

export interface ScopeName {
  project: string;
  environment: string;
}

export interface RecordName extends ScopeName {
  kind: string;
  key: string;
}

export interface SubjectName extends ScopeName {
  subject: string;
}

/**
 * A text as a column keeps it: escaped as in JSON, so that every string is a different one in every database. PostgreSQL takes no NUL, and
 * UTF-8 makes all lone surrogates one.
 */
export function columnText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
