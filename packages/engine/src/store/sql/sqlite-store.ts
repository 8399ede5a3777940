/** The names of `sluice/sqlite`. */
import { resolve } from 'node:path';
import { SluiceError } from '@sluice/core';
import { warn } from '../followers.ts';
import type { Store } from '../store.ts';
import { SqlStore } from './sql-store.ts';
import { SqliteDialect } from './sqlite-dialect.ts';

export interface SqliteStoreOptions {
  /** The path of the database; it and its directory are made when they are not there. */
  readonly file: string;
  /** Hears of what goes wrong when no caller is waiting; a process warning unless given. */
  readonly onProblem?: (error: unknown) => void;
}

/**
 * A store in one file, for one machine: every change is on the disk before it is acknowledged. Several processes may share the file. It is opened
 * when it is first needed. Needs the package `better-sqlite3`.
 *
 * @throws SluiceError `invalid` for a path that is none; from its calls `unavailable` when the file cannot be used
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  const { file, onProblem = warn } = options;
  if (typeof file !== 'string' || file === '' || file.startsWith(':'))
    throw new SluiceError('invalid', `file must be the path of a database; it is ${JSON.stringify(file)}`, {
      issues: [{ path: '/file', message: 'must be the path of a database' }],
    });
  return new SqlStore(new SqliteDialect(resolve(file)), onProblem);
}
