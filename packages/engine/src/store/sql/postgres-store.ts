/** The names of `sluice/postgres`. */
import type { ConnectionOptions } from 'node:tls';
import { SluiceError } from '@sluice/core';
import { describeValue } from '../../failure.ts';
import { warn } from '../followers.ts';
import type { Store } from '../store.ts';
import { PostgresDialect } from './postgres-dialect.ts';
import { SqlStore } from './sql-store.ts';

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections at most, besides the one that listens; 10 unless given. */
  readonly connections?: number;
  /**
   * How long the database may work on one statement, in milliseconds, from 100 on; 10000 unless given. A server that is not heard of at all is
   * given up after a fifth more, and a connection that is not had after half of it. Where all connections are in use, a call waits for as long as the
   * database answers the others, and so long at most while it answers nobody.
   */
  readonly timeoutMs?: number;
  /** How the connection is encrypted; as the URL says unless given. */
  readonly ssl?: boolean | ConnectionOptions;
  /** Hears of what goes wrong when no caller is waiting; a process warning unless given. */
  readonly onProblem?: (error: unknown) => void;
}

/**
 * A store for many processes on many machines. Nothing is connected before it is first needed; while the database is away, calls fail within
 * seconds, and it is found again by itself. Needs the package `pg`.
 *
 * @throws SluiceError `invalid` for a URL that is none; from its calls `unavailable` while the database cannot be used
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const { url, connections = 10, timeoutMs = 10_000, ssl, onProblem = warn } = options;
  if (!/^postgres(ql)?:\/\/./.test(url) || !URL.canParse(url))
    throw invalid('/url', 'must be a URL as postgres://user:password@host:port/database');
  if (!Number.isInteger(connections) || connections < 1)
    throw invalid('/connections', `must be a whole number from 1 on; it is ${describeValue(connections)}`);
  if (!Number.isFinite(timeoutMs) || timeoutMs < 100)
    throw invalid('/timeoutMs', `must be a number of milliseconds from 100 on; it is ${describeValue(timeoutMs)}`);
  return new SqlStore(new PostgresDialect({ url, connections, ssl, timeoutMs }), onProblem);
}

function invalid(path: string, message: string): SluiceError {
  return new SluiceError('invalid', `${path.slice(1)} ${message}`, { issues: [{ path, message }] });
}
