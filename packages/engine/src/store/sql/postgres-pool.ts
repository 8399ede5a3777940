/** Connections to PostgreSQL that never make anybody wait for ever, and whose loss is never the end of the process. */
import type { PostgresPool } from 'kysely';
import pg from 'pg';
import { ConnectionLine } from './connection-line.ts';

const INT8 = 20;
/** Calls that may wait for a connection at once. */
const LONGEST_LINE = 10_000;

export interface PoolSettings {
  readonly url: string;
  readonly connections: number;
  readonly ssl: pg.ClientConfig['ssl'] | undefined;
  /** How long the server may work on one statement. */
  readonly timeoutMs: number;
}

/**
 * The server ends what takes too long, and where the server is not heard of any more, the client does, a little later. Whoever sleeps within a transaction
 * loses it before those who wait for its locks give up: they are late, and do not fail.
 */
export function clientConfig({ url, ssl, timeoutMs }: PoolSettings): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'sluice',
    connectionTimeoutMillis: timeoutMs / 2,
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs / 2,
    query_timeout: timeoutMs * 1.2,
    idle_in_transaction_session_timeout: timeoutMs * 0.3,
    keepAlive: true,
    ...(ssl === undefined ? {} : { ssl }),
    // Sequence numbers stay below 2^53; the driver would make them texts.
    types: { getTypeParser: (oid) => (oid === INT8 ? Number : pg.types.getTypeParser(oid)) },
  };
}

/** A pool for Kysely. A connection that did not answer is thrown away instead of being lent again. */
export function poolOf(settings: PoolSettings): PostgresPool {
  const { connections, timeoutMs } = settings;
  const pool = new pg.Pool({ ...clientConfig(settings), max: connections, allowExitOnIdle: true });
  const line = new ConnectionLine({ connections, silenceMs: timeoutMs / 2, longest: LONGEST_LINE });
  // Whoever uses a connection hears of its loss by their query, and nobody has to hear of an idle one's.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const connect = async (): Promise<LentClient> => {
    await line.enter();
    try {
      return lent(await pool.connect(), line);
    } catch (error) {
      line.leave();
      throw error;
    }
  };
  return { connect, end: () => pool.end() };
}

type LentClient = Awaited<ReturnType<PostgresPool['connect']>>;

function lent(client: pg.PoolClient, line: ConnectionLine): LentClient {
  let broken: Error | null = null;
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    if (broken !== null) throw broken;
    try {
      const result = await client.query(text, [...values]);
      line.answered();
      return result;
    } catch (error) {
      if (error instanceof Error && !isAnswer(error)) broken = error;
      throw error;
    }
  };
  const release = (): void => {
    client.release(broken ?? undefined);
    line.leave();
  };
  return { query, release } as unknown as LentClient;
}

/** States in which the server closes the connection: it goes down, or it is tired of a transaction that does nothing. */
const CLOSING = /^(57P|08|25P03|25P04)/;

/** The server said so itself, so that the connection is as good as before. */
function isAnswer(error: Error): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && !CLOSING.test(error.code);
}
