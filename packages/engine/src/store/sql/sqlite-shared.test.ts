import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { sharedDatabaseSuite } from './shared-database.testing.ts';
import { sqliteStore } from './sqlite-store.ts';

sharedDatabaseSuite('a SQLite file of several processes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  const file = join(directory, 'sluice.db');
  return {
    open: () => sqliteStore({ file }),
    sql: async (text) => {
      const database = new SqliteFile(file);
      try {
        const statement = database.prepare(text);
        return statement.reader ? statement.all() : [statement.run()];
      } finally {
        database.close();
      }
    },
    cleanUp: () => rm(directory, { recursive: true }),
  };
});
