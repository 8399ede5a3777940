/** PostgreSQL: many processes, rows locked one by one, news by `NOTIFY`. */
import { SluiceError } from '@sluice/core';
import { Kysely, PostgresDialect as KyselyPostgres, sql } from 'kysely';
import pg from 'pg';
import { Poll } from './poll.ts';
import { CHANNEL, PostgresBell } from './postgres-bell.ts';
import { clientConfig, type PoolSettings, poolOf } from './postgres-pool.ts';
import type { Connection, Failure, SqlDialect } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

/** How soon a commit is seen whose notification was lost. */
const POLL_MS = 1_000;
const PARTS = 16;
/** Any number that nobody else locks by. */
const MIGRATION_LOCK = 5_317_044_862_001;
/** Others were in the way: serialization, deadlock, and a lock that was not had in time. */
const AGAIN = ['40001', '40P01'];
const UNIQUE = '23505';
const NO_TABLE = '42P01';

/** As the server counts: 110000 is version 11.0. Tables divided by hash, and rows of them that are made or else changed, came with it. */
const LEAST_VERSION = 110_000;

export interface ServerFacts {
  readonly isReplica: boolean;
  readonly version: number;
}

/** Why nothing can be kept there, as the rest of a sentence; null where it can. */
export function unfitness({ isReplica, version }: ServerFacts): string | null {
  if (isReplica) return 'is a replica: what is decided there may be long out of date; DATABASE_URL must lead to the primary';
  if (version >= LEAST_VERSION) return null;
  return `is of version ${Math.floor(version / 10_000)}, and must be of version ${LEAST_VERSION / 10_000} or newer`;
}

export class PostgresDialect implements SqlDialect {
  readonly name: string;
  /** Said outright, because a database may have other defaults. The lock of the head row needs each statement to see what was committed last. */
  readonly begin = {
    write: 'begin isolation level read committed read write',
    snapshot: 'begin isolation level repeatable read read only',
  };
  readonly locksRows = true;
  readonly numbered = 'bigint generated always as identity primary key';
  readonly #settings: PoolSettings;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    const { host, pathname } = new URL(settings.url);
    this.name = `PostgreSQL at ${host}${pathname}`;
  }

  divided(table: string, columns: string) {
    const parts = Array.from(
      { length: PARTS },
      (_, part) => `create table ${table}_${part} partition of ${table} for values with (modulus ${PARTS}, remainder ${part})`,
    );
    return { clause: `partition by hash (${columns})`, parts };
  }

  async open(): Promise<Kysely<Tables>> {
    const database = new Kysely<Tables>({ dialect: new KyselyPostgres({ pool: poolOf(this.#settings) }) });
    try {
      const { rows } = await sql<ServerFacts>`select pg_is_in_recovery() as "isReplica",
        current_setting('server_version_num')::integer as "version"`.execute(database);
      const problem = rows[0] === undefined ? null : unfitness(rows[0]);
      if (problem !== null) throw new SluiceError('unavailable', `${this.name} ${problem}`);
      return database;
    } catch (error) {
      await database.destroy().catch(() => {});
      throw error;
    }
  }

  async lockMigrations(connection: Connection): Promise<void> {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(connection);
  }

  /** Sent when the transaction is kept, and not before. */
  async announce(connection: Connection, number: number): Promise<void> {
    await sql`select pg_notify(${CHANNEL}, ${String(number)})`.execute(connection);
  }

  /** Every question is answered in another turn. */
  async pause(): Promise<void> {}

  failureOf(error: unknown): Failure {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (code === undefined) return 'away';
    if (AGAIN.includes(code)) return 'again';
    if (code === UNIQUE) return 'conflict';
    return code === NO_TABLE ? 'noTable' : 'away';
  }

  listen(ring: () => Promise<void>, onProblem: (error: unknown) => void): () => Promise<void> {
    const poll = new Poll({ everyMs: POLL_MS, look: ring, onProblem });
    const bell = new PostgresBell(clientConfig(this.#settings), () => poll.ring());
    return async () => {
      await bell.stop();
      await poll.stop();
    };
  }
}
