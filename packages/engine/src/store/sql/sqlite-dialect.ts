/** SQLite: one file, one connection a process, and one writer at a time. */
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SluiceError } from '@sluice/core';
import SqliteFile from 'better-sqlite3';
import { Kysely, SqliteDialect as KyselySqlite } from 'kysely';
import { ensureDirectory } from '../file-work.ts';
import { Poll } from './poll.ts';
import type { Failure, SqlDialect } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

/** How often it is looked whether another process has written. */
const POLL_MS = 100;
/** How long SQLite itself waits for another process that writes: all of this process stands still meanwhile, so the longer waits are ours. */
const BUSY_MS = 20;

export class SqliteDialect implements SqlDialect {
  readonly name: string;
  readonly begin = { write: 'begin immediate', snapshot: 'begin' };
  readonly locksRows = false;
  readonly numbered = 'integer primary key autoincrement';
  readonly #path: string;
  #file: SqliteFile.Database | null = null;

  constructor(path: string) {
    this.#path = path;
    this.name = `the database ${path}`;
  }

  /** The rows stand in the order of their key. */
  divided() {
    return { clause: 'without rowid', parts: [] };
  }

  async open(): Promise<Kysely<Tables>> {
    await ensureDirectory(dirname(this.#path));
    const file = new SqliteFile(this.#path, { timeout: BUSY_MS });
    try {
      this.#prepare(file);
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file = file;
    return new Kysely<Tables>({ dialect: new KyselySqlite({ database: file }) });
  }

  /** In this order: entering WAL sets what is synchronous to a level that a power cut can undo. */
  #prepare(file: SqliteFile.Database): void {
    const mode = file.pragma('journal_mode = WAL', { simple: true });
    file.pragma('synchronous = FULL');
    file.pragma('foreign_keys = ON');
    const synchronous = file.pragma('synchronous', { simple: true });
    if (mode !== 'wal' || synchronous !== 2)
      throw new SluiceError(
        'unavailable',
        `${this.name} cannot be kept safely: its journal is ${String(mode)} (wal is needed), synchronous ${String(synchronous)} (2 is needed)`,
      );
  }

  /** The transaction that writes is the only one. */
  async lockMigrations(): Promise<void> {}

  /** Others see it in the file. */
  async announce(): Promise<void> {}

  async pause(): Promise<void> {
    await nextTurn();
  }

  failureOf(error: unknown): Failure {
    const { code = '', message = '' } = error instanceof SqliteFile.SqliteError ? error : {};
    if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'again';
    if (/^SQLITE_CONSTRAINT_(PRIMARYKEY|UNIQUE)/.test(code)) return 'conflict';
    return message.startsWith('no such table') ? 'noTable' : 'away';
  }

  /** The file tells of what others wrote by its version, which costs less than a question. */
  listen(ring: () => Promise<void>, onProblem: (error: unknown) => void): () => Promise<void> {
    let seen: unknown = null;
    const poll = new Poll({
      everyMs: POLL_MS,
      onProblem,
      look: async () => {
        const version = this.#file?.open === true ? this.#file.pragma('data_version', { simple: true }) : null;
        if (version !== null && version === seen) return;
        await ring();
        seen = version;
      },
    });
    return () => poll.stop();
  }
}
