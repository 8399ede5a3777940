/** Leases in the database, by the rules of the lease book, one row locked at a time. */
import { LeaseBook } from '../lease-book.ts';
import type { LeaseRequest } from '../store.ts';
import type { Connection, SqlDialect } from './sql-dialect.ts';
import { columnText } from './tables.ts';

/** Of a row that nobody has had yet. */
const NEVER_HELD = { holder: '', until: 0, token: 0 };

export async function takeLease(connection: Connection, dialect: SqlDialect, request: LeaseRequest): Promise<number | null> {
  const name = columnText(request.name);
  await connection
    .insertInto('sluice_leases')
    .values({ name, ...NEVER_HELD })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await lockLease(connection, dialect, name);
  const book = new LeaseBook(row === undefined || row.token === NEVER_HELD.token ? [] : [[request.name, row]]);
  const token = book.take({ ...request, holder: columnText(request.holder) });
  if (token !== null) await keepLease(connection, name, book.get(request.name));
  return token;
}

export async function releaseLease(connection: Connection, dialect: SqlDialect, name: string, holder: string): Promise<void> {
  const row = await lockLease(connection, dialect, columnText(name));
  if (row === undefined) return;
  const book = new LeaseBook([[name, row]]);
  book.release(name, columnText(holder));
  await keepLease(connection, columnText(name), book.get(name));
}

function lockLease(connection: Connection, dialect: SqlDialect, name: string) {
  return connection
    .selectFrom('sluice_leases')
    .select(['holder', 'until', 'token'])
    .where('name', '=', name)
    .$if(dialect.locksRows, (query) => query.forUpdate())
    .executeTakeFirst();
}

async function keepLease(connection: Connection, name: string, lease: ReturnType<LeaseBook['get']>): Promise<void> {
  if (lease === undefined) return;
  await connection.updateTable('sluice_leases').set(lease).where('name', '=', name).execute();
}
