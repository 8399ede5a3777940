import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeSuite } from '@sluice/conformance';
import { sqliteStore } from './sqlite-store.ts';

storeSuite('the SQLite store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  const open = () => sqliteStore({ file: join(directory, 'data', 'sluice.db'), onProblem: () => {} });
  let store = open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = open();
      return store;
    },
    cleanUp: async () => {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
});
