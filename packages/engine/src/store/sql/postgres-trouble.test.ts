/** What PostgreSQL itself, and the network before it, can do to a store. */
import { createServer, type Socket, connect as toServer } from 'node:net';
import { changeOf, flagAt } from '@sluice/conformance';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Committed, Store } from '../store.ts';
import { unfitness } from './postgres-dialect.ts';
import { type PostgresStoreOptions, postgresStore } from './postgres-store.ts';

const soon = { timeout: 20_000, interval: 5 };
const DOOR = 77;

let server: PostgresServer;
let url: string;
let admin: pg.Client;
let stores: Store[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  url = await server.database();
  admin = await clientTo(url);
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  stores = [];
  await admin.end().catch(() => {});
});

async function clientTo(database: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database });
  client.on('error', () => {});
  await client.connect();
  return client;
}

function open(options: Partial<PostgresStoreOptions> = {}): Store {
  const store = postgresStore({ url, onProblem: () => {}, ...options });
  stores.push(store);
  return store;
}

it('names a server that is too old, or a replica, and what must be there instead', () => {
  expect(unfitness({ isReplica: false, version: 110_000 })).toBe(null);
  expect(unfitness({ isReplica: false, version: 100_023 })).toBe('is of version 10, and must be of version 11 or newer');
  expect(unfitness({ isReplica: false, version: 90_624 })).toContain('version 9,');
  expect(unfitness({ isReplica: true, version: 180_004 })).toContain('DATABASE_URL must lead to the primary');
});

async function heard(store: Store): Promise<Committed[]> {
  const commits: Committed[] = [];
  store.follow((committed) => commits.push(committed));
  await store.read();
  return commits;
}
const keysOf = (commits: readonly Committed[]): string[] => commits.flatMap(({ events }) => events.map(({ key }) => key));

/** A transaction that keeps an event of the flag `slow` stands at a door, between its place in the log and its end, until it is opened. */
async function doorBeforeSlow(): Promise<() => Promise<void>> {
  await admin.query(`create function stand() returns trigger language plpgsql as $$
    begin if new."key" = 'slow' then perform pg_advisory_xact_lock(${DOOR}); end if; return new; end $$`);
  await admin.query('create trigger door after insert on sluice_events for each row execute function stand()');
  await admin.query(`select pg_advisory_lock(${DOOR})`);
  return async () => {
    await admin.query(`select pg_advisory_unlock(${DOOR})`);
  };
}

async function untilAtTheDoor(): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await admin.query("select 1 from pg_locks where locktype = 'advisory' and not granted");
    expect(rows).toHaveLength(1);
  }, soon);
}

it('lets no follower miss the commit of a slow transaction that a fast one overtakes', async () => {
  const [slow, fast, follower] = [open(), open(), open()];
  const commits = await heard(follower);
  const openTheDoor = await doorBeforeSlow();
  const standing = slow.commit(changeOf(flagAt('slow', 1)));
  await untilAtTheDoor();
  const overtaking = fast.commit(changeOf(flagAt('fast', 1)));
  // The follower looks while one is at its door and the other has had all the time to be faster.
  for (let look = 0; look < 5; look++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await follower.refresh();
  }
  await openTheDoor();
  await Promise.all([standing, overtaking]);
  await follower.refresh();
  expect(keysOf(commits)).toEqual(['slow', 'fast']);
  expect(commits.map(({ seq }) => seq)).toEqual([1, 2]);
});

it('gives a lease to nobody else while a commit under it is on its way', async () => {
  const [holder, other] = [open(), open()];
  await holder.read();
  const openTheDoor = await doorBeforeSlow();
  const token = (await holder.lease({ name: 'l', holder: 'a', now: 0, until: 10 })) ?? 0;
  const order: string[] = [];
  const committing = holder.commit(changeOf(flagAt('slow', 1)), undefined, { name: 'l', token }).then(() => order.push('kept'));
  await untilAtTheDoor();
  const taking = other.lease({ name: 'l', holder: 'b', now: 20, until: 30 }).then(() => order.push('taken'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(order).toEqual([]);
  await openTheDoor();
  await Promise.all([committing, taking]);
  const late = holder.commit(changeOf(flagAt('slow', 2)), undefined, { name: 'l', token });
  await expect(late).rejects.toMatchObject({ code: 'refused' });
});

it('repeats what a deadlock or another serialization undid, and gives up in time when it never ends', async () => {
  const store = open();
  await store.read();
  await admin.query('create sequence attempts');
  await admin.query(`create function fail() returns trigger language plpgsql as $$
    begin
      if new."key" = 'never' then raise exception 'no' using errcode = '40P01'; end if;
      if nextval('attempts') <= 3 then raise exception 'not yet' using errcode = '40001'; end if;
      return new;
    end $$`);
  await admin.query('create trigger failing before insert on sluice_events for each row execute function fail()');
  const { seq } = await store.commit(changeOf(flagAt('a', 1)));
  expect(seq).toBe(1);
  const startedAt = performance.now();
  await expect(store.commit(changeOf(flagAt('never', 1)))).rejects.toMatchObject({ code: 'unavailable' });
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect(await store.read()).toMatchObject({ seq: 1 });
});

it('calls it a conflict when the row is there already', async () => {
  const store = open();
  await store.read();
  await admin.query(
    `insert into sluice_events (seq, project, environment, kind, "key", type, body) values (1, '', '', '', '', '', '{}')`,
  );
  await expect(store.commit(changeOf(flagAt('a', 1)))).rejects.toMatchObject({ code: 'conflict' });
  expect((await store.read()).records).toEqual([]);
});

it('hears of commits by notification long before it would look by itself, and looks when nobody notifies', async () => {
  const [writer, follower] = [open(), open()];
  const commits = await heard(follower);
  const times: number[] = [];
  const commitAndHear = async (revision: number): Promise<void> => {
    await writer.commit(changeOf(flagAt('a', revision)));
    const at = performance.now();
    await vi.waitFor(() => expect(commits).toHaveLength(revision), { timeout: 20_000, interval: 1 });
    times.push(performance.now() - at);
  };
  await vi.waitFor(async () => expect(await listening()).toHaveLength(1), soon);
  for (let revision = 1; revision <= 20; revision++) await commitAndHear(revision);
  expect([...times].sort((a, b) => a - b)[10]).toBeLessThan(200);
  // What is notified before it listens again nobody repeats.
  for (const { pid } of await listening()) await admin.query('select pg_terminate_backend($1)', [pid]);
  await commitAndHear(21);
  await vi.waitFor(async () => expect(await listening()).toHaveLength(1), soon);
  await commitAndHear(22);
});

async function listening(): Promise<{ pid: number }[]> {
  const { rows } = await admin.query(
    "select pid from pg_stat_activity where datname = current_database() and application_name = 'sluice' and query ilike 'listen%'",
  );
  return rows;
}

it('fails while the server is gone, and finds it again by itself with all that was acknowledged', async () => {
  const problems: unknown[] = [];
  const [writer, follower] = [open(), open({ onProblem: (error) => problems.push(error) })];
  const commits = await heard(follower);
  for (const revision of [1, 3]) {
    await writer.commit(changeOf(flagAt('a', revision)));
    await server.crash();
    await expect(writer.commit(changeOf(flagAt('a', revision + 1)))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(follower.read()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(follower.lease({ name: 'l', holder: 'a', now: 0, until: 1 })).rejects.toMatchObject({ code: 'unavailable' });
    await server.start();
    await writer.commit(changeOf(flagAt('a', revision + 1)));
    await vi.waitFor(() => expect(commits).toHaveLength(revision + 1), soon);
  }
  expect((await writer.read()).seq).toBe(4);
  expect(commits.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  // Of each time that it was gone it is told once or, when the pause was long, a few times: never each second.
  expect(problems.length).toBeLessThan(10);
});

it('can come up before its database does', async () => {
  await server.crash();
  const store = open();
  const commits: Committed[] = [];
  store.follow((committed) => commits.push(committed));
  await expect(store.read()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('PostgreSQL at 127.0.0.1'),
  });
  await server.start();
  await store.commit(changeOf(flagAt('a', 1)));
  expect(commits).toHaveLength(1);
});

/** A wire to the server that can be made to swallow everything. */
async function wire(): Promise<{ readonly url: string; swallows: boolean }> {
  const there = new URL(url);
  const port = Number(there.port);
  const sockets = new Set<Socket>();
  const state = { url: '', swallows: false };
  const proxy = createServer((near) => {
    const far = toServer(port, there.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => state.swallows || to.write(chunk));
      from.on('close', () => to.destroy());
      from.on('error', () => {});
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const address = proxy.address();
  there.port = String(typeof address === 'object' ? address?.port : '');
  state.url = there.href;
  return state;
}

it('gives up on a server that takes everything and answers nothing, and finds it again', async () => {
  const line = await wire();
  const [writer, follower] = [open(), open({ url: line.url, timeoutMs: 4_000, connections: 2 })];
  const commits = await heard(follower);
  line.swallows = true;
  const startedAt = performance.now();
  const asked = Array.from({ length: 6 }, (_, index) => follower.commit(changeOf(flagAt(`f${index}`, 1))));
  const answers = await Promise.allSettled(asked);
  expect(answers.map((answer) => answer.status === 'rejected' && answer.reason.code)).toEqual(answers.map(() => 'unavailable'));
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  await writer.commit(changeOf(flagAt('a', 1)));
  line.swallows = false;
  await vi.waitFor(() => expect(keysOf(commits)).toContain('a'), soon);
  await follower.commit(changeOf(flagAt('b', 1)));
  expect(keysOf(commits)).toEqual(['a', 'b']);
}, 60_000);
