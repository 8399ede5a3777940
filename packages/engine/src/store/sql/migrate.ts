/** Brings a database to what this code expects: each migration once, in order, whichever process comes first. */
import { SluiceError } from '@sluice/core';
import { type Kysely, sql } from 'kysely';
import { MIGRATIONS } from './migrations.ts';
import type { Connection, SqlDialect } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

/** @throws SluiceError `refused` for a database that a newer version has migrated already */
export async function migrate(
  dialect: SqlDialect,
  database: Kysely<Tables>,
  inTransaction: (work: (connection: Connection) => Promise<void>) => Promise<void>,
): Promise<void> {
  if ((await versionOf(dialect, database)) === MIGRATIONS.length) return;
  await inTransaction(async (connection) => {
    await dialect.lockMigrations(connection);
    await sql`create table if not exists sluice_migrations (number integer primary key, name text not null)`.execute(connection);
    for (let number = (await lastOf(dialect, connection)) + 1; number <= MIGRATIONS.length; number++) {
      const migration = MIGRATIONS[number - 1];
      if (migration === undefined) break;
      for (const statement of migration.statements(dialect)) await sql.raw(statement).execute(connection);
      await connection.insertInto('sluice_migrations').values({ number, name: migration.name }).execute();
    }
  });
}

/** 0 for a new database. */
async function versionOf(dialect: SqlDialect, database: Kysely<Tables>): Promise<number> {
  try {
    return await lastOf(dialect, database);
  } catch (error) {
    if (dialect.failureOf(error) === 'noTable') return 0;
    throw error;
  }
}

async function lastOf(dialect: SqlDialect, connection: Connection): Promise<number> {
  const { last } = await connection
    .selectFrom('sluice_migrations')
    .select(({ fn }) => fn.max('number').as('last'))
    .executeTakeFirstOrThrow();
  if (last <= MIGRATIONS.length) return last ?? 0;
  throw new SluiceError(
    'refused',
    `${dialect.name} was migrated to version ${last} by a newer Sluice; this one knows versions up to ${MIGRATIONS.length}: update it`,
  );
}
