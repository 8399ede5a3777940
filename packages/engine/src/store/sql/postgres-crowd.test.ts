/** More at once than there are connections. */
import { changeOf, flagAt } from '@sluice/conformance';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { postgresStore } from './postgres-store.ts';

const COMMITS = 300;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** Every event takes a while to be kept. */
async function dawdling(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create function dawdle() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.02); return new; end $$`);
  await admin.query('create trigger dawdle after insert on sluice_events for each row execute function dawdle()');
  await admin.end();
}

it(`keeps all of ${COMMITS} commits at once, which take longer than a connection is waited for, and answers others meanwhile`, async () => {
  const url = await server.database();
  const store = postgresStore({ url, connections: 4 });
  onTestFinished(() => store.close());
  await store.read();
  await dawdling(url);
  const commits = Array.from({ length: COMMITS }, (_, index) => store.commit(changeOf(flagAt(`f${index}`, 1))));
  const lease = store.lease({ name: 'l', holder: 'a', now: 0, until: 10 });
  const seqs = (await Promise.all(commits)).map(({ seq }) => seq);
  expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs.map((_, index) => index + 1));
  expect(await lease).toBe(1);
});
