/** One database with its transactions: begun, repeated when others were in the way, and failing as ours. */
import { setTimeout as wait } from 'node:timers/promises';
import { SluiceError } from '@sluice/core';
import { CompiledQuery, type Kysely } from 'kysely';
import { describeFailure } from '../../failure.ts';
import { migrate } from './migrate.ts';
import type { Connection, SqlDialect } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

/** How long a piece of work is begun again because others were in the way. In real time: the world does not wait for our clock. */
const PATIENCE_MS = 5_000;
/** Pauses before that, drawn from 0 to a bound that doubles from the first to the last. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [4, 250];

export type Work<T> = (connection: Connection) => Promise<T>;

export class SqlDatabase {
  readonly dialect: SqlDialect;
  readonly #working = new Set<Promise<unknown>>();
  #opening: Promise<Kysely<Tables>> | null = null;
  #isClosed = false;

  constructor(dialect: SqlDialect) {
    this.dialect = dialect;
  }

  /** Statements on their own. @throws SluiceError `unavailable` */
  read<T>(work: Work<T>): Promise<T> {
    return this.#run((database) => work(database));
  }

  /** Everything as of one instant. @throws SluiceError `unavailable` */
  snapshot<T>(work: Work<T>): Promise<T> {
    return this.#run((database) => inTransaction(database, this.dialect.begin.snapshot, work));
  }

  /** Kept whole or not at all. @throws SluiceError `conflict` when another made the same row first, else `unavailable` */
  write<T>(work: Work<T>): Promise<T> {
    return this.#run((database) => inTransaction(database, this.dialect.begin.write, work));
  }

  #run<T>(work: (database: Kysely<Tables>) => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new SluiceError('unavailable', `${this.dialect.name} is closed`));
    const run = this.#persist(async () => work(await this.#open()));
    this.#working.add(run);
    const done = (): void => void this.#working.delete(run);
    run.then(done, done);
    return run;
  }

  async #persist<T>(work: () => Promise<T>): Promise<T> {
    const end = performance.now() + PATIENCE_MS;
    for (let bound = FIRST_PAUSE_MS; ; bound = Math.min(LAST_PAUSE_MS, bound * 2)) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof SluiceError) throw error;
        const failure = this.dialect.failureOf(error);
        if (failure !== 'again' || performance.now() > end) throw this.#ours(error, failure === 'conflict');
        await wait(Math.random() * bound);
      }
    }
  }

  #ours(error: unknown, isConflict: boolean): SluiceError {
    const text = `${this.dialect.name}: ${describeFailure(error)}`;
    if (isConflict) return new SluiceError('conflict', `${text}; read it again`, { cause: error });
    return new SluiceError('unavailable', text, { cause: error });
  }

  /** Opened by the first who needs it, and again by the next when that failed. */
  #open(): Promise<Kysely<Tables>> {
    if (this.#opening !== null) return this.#opening;
    const opening = this.#openOnce();
    this.#opening = opening;
    opening.catch(() => {
      this.#opening = null;
    });
    return opening;
  }

  async #openOnce(): Promise<Kysely<Tables>> {
    const database = await this.dialect.open();
    try {
      await migrate(this.dialect, database, (work) => inTransaction(database, this.dialect.begin.write, work));
      return database;
    } catch (error) {
      await database.destroy().catch(() => {});
      throw error;
    }
  }

  /** What is under way is finished first. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#working);
    const database = await this.#opening?.catch(() => null);
    await database?.destroy();
  }
}

function inTransaction<T>(database: Kysely<Tables>, begin: string, work: Work<T>): Promise<T> {
  return database.connection().execute(async (connection) => {
    const say = (text: string): Promise<unknown> => connection.executeQuery(CompiledQuery.raw(text));
    await say(begin);
    try {
      const result = await work(connection);
      await say('commit');
      return result;
    } catch (error) {
      // A connection that is gone has rolled back by itself.
      await say('rollback').catch(() => {});
      throw error;
    }
  });
}
