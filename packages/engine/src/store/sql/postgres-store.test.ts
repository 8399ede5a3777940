import { storeSuite } from '@sluice/conformance';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import { afterAll, beforeAll } from 'vitest';
import { postgresStore } from './postgres-store.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

storeSuite('the PostgreSQL store', async () => {
  const url = await server.database();
  const open = () => postgresStore({ url, onProblem: () => {} });
  let store = open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = open();
      return store;
    },
    cleanUp: () => store.close(),
  };
});
