import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { postgresStore } from './postgres-store.ts';
import { sharedDatabaseSuite } from './shared-database.testing.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

sharedDatabaseSuite('a PostgreSQL database of several processes', async () => {
  const url = await server.database();
  return {
    open: () => postgresStore({ url }),
    sql: async (text) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
    cleanUp: async () => {},
  };
});
