/** The seam between one store and two databases: all that they do differently. */
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export type Connection = Kysely<Tables> | Transaction<Tables>;

/**
 * What a database's failure means for us:
 * - `again`: nothing was kept, because others were in the way; the same work may succeed at once
 * - `conflict`: somebody else made the row first
 * - `noTable`: the database is new
 * - `away`: it cannot answer, or not this
 */
export type Failure = 'again' | 'conflict' | 'noTable' | 'away';

export interface SqlDialect {
  /** For messages: which database. */
  readonly name: string;
  /** How a transaction begins that writes, and one that reads everything as of one instant. */
  readonly begin: { readonly write: string; readonly snapshot: string };
  /** Whether rows are locked one by one; otherwise a transaction that writes locks them all. */
  readonly locksRows: boolean;
  /** The statements of the first migration that differ: a column that numbers its rows, and how a table is divided. */
  readonly numbered: string;
  divided(table: string, columns: string): { readonly clause: string; readonly parts: readonly string[] };

  open(): Promise<Kysely<Tables>>;
  /** Keeps other processes from migrating until the transaction ends. */
  lockMigrations(connection: Connection): Promise<void>;
  /** Tells other processes of a commit when the transaction is kept. */
  announce(connection: Connection, number: number): Promise<void>;
  /** Lets other work of this process have a turn in the midst of much. */
  pause(): Promise<void>;
  failureOf(error: unknown): Failure;
  /** Calls `ring` when another process may have committed, and no later than its polling allows. Returns how to stop. */
  listen(ring: () => Promise<void>, onProblem: (error: unknown) => void): () => Promise<void>;
}
