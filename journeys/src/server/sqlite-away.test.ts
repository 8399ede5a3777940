/** A server over SQLite whose database another process holds, or whose disk is full: what it serves, and the kill that works meanwhile. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SluiceClient } from '@sluice/client';
import SqliteFile from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { askAllTheTime, flagFor, listen, onCall } from './outage.testing.ts';
import {
  type Admission,
  admitted,
  clientOf,
  evaluated,
  freePort,
  SCOPE,
  type ServerPlace,
  type ServerProcess,
  spawnServer,
  wholeHistory,
} from './server-process.testing.ts';

const how = { ...SCOPE, reason: 'errors', actor: 'ann' };
const patience = { timeout: 60_000, interval: 50 };
let folder: string;
let cleanUps: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  cleanUps = [];
  await rm(folder, { recursive: true });
});

async function startedAt(place: ServerPlace): Promise<ServerProcess> {
  const server = spawnServer(place);
  cleanUps.push(() => server.end('SIGKILL'));
  await server.ready();
  return server;
}

/** Flags of which one is killed after the other until one is told of in time. */
const SPARE = ['a', 'c', 'd'];

/** A server with the flags `a` to `d`, which the user `u` has. */
async function openFlags(place: ServerPlace): Promise<Admission & { readonly server: ServerProcess }> {
  const server = await startedAt(place);
  const admission = await admitted(server);
  for (const key of ['a', 'b', 'c', 'd']) await flagFor(clientOf(server, admission.secret), key, 'u');
  return { server, ...admission };
}

const isOn = async ({ url }: ServerProcess, sdkSecret: string, key: string): Promise<unknown> =>
  (await evaluated(url, sdkSecret, key, 'u')).value;

/** The database, as another process has it. */
function held({ dataFolder }: ServerPlace): SqliteFile.Database {
  const database = new SqliteFile(join(dataFolder, 'sluice.db'));
  cleanUps.push(() => database.close());
  return database;
}

async function killsIn(server: ServerProcess, secret: string): Promise<readonly unknown[]> {
  const history = await wholeHistory(clientOf(server, secret));
  return history.filter(({ type }) => type === 'rollback.immediate').map(({ key, actor, reason }) => [key, actor, reason]);
}

/** Kills a flag; whether a client of the stream was told while the store was still being tried. */
async function isToldWhileTried(rescue: SluiceClient, stream: { text(): string }, flag: string): Promise<boolean> {
  const isTold = (): boolean => new RegExp(`event: emergencies\\ndata: .*"key":"${flag}"`).test(stream.text());
  let wasToldBefore = false;
  const askedAt = performance.now();
  const kill = rescue.breakGlass.kill({ ...how, flag }).finally(() => {
    wasToldBefore = isTold();
  });
  await vi.waitFor(() => expect(isTold()).toBe(true), { ...patience, interval: 5 });
  const toldMs = Math.round(performance.now() - askedAt);
  expect(await kill).toMatchObject({ durable: false, keptIn: 'journal' });
  const answeredMs = Math.round(performance.now() - askedAt);
  console.info(`a client of the stream was told after ${toldMs} ms, and the kill answered after ${answeredMs} ms`);
  return wasToldBefore;
}

it('kills while another process holds the database, also after it was started anew meanwhile, and records both', async () => {
  const place = { dataFolder: join(folder, 'data'), port: await freePort() };
  const { server, secret, sdkSecret } = await openFlags(place);
  await vi.waitFor(() => expect(readFileSync(join(place.dataFolder, 'last-good.json'), 'utf8')).toContain('"d"'), patience);
  const writer = held(place);
  writer.exec('begin exclusive');
  const asking = askAllTheTime(server.url, sdkSecret, 'a');
  const rescue = await onCall(server, place);
  const stream = await listen(server.url, '/api/v1/stream', sdkSecret);
  cleanUps.push(() => stream.end());
  const killed: string[] = [];
  // A process that stood still hears of both at once: it looks again, at another flag.
  for (let wasToldBefore = false; !wasToldBefore; ) {
    const flag = SPARE[killed.length];
    if (flag === undefined) throw new Error('nobody was told of a kill before it was answered');
    killed.push(flag);
    wasToldBefore = await isToldWhileTried(rescue, stream, flag);
    expect(await isOn(server, sdkSecret, flag)).toBe(false);
  }
  expect((await rescue.breakGlass.pending({})).storeTakesWrites).toBe(false);
  expect((await asking.stop()).failures).toEqual([]);
  await server.end('SIGKILL');
  writer.close();

  // This one lets nobody so much as read.
  const hog = held(place);
  hog.pragma('locking_mode = EXCLUSIVE');
  hog.exec('begin exclusive');
  const next = await startedAt(place);
  expect(await (await fetch(`${next.url}/readyz`)).json()).toMatchObject({ status: 'degraded' });
  expect([await isOn(next, sdkSecret, 'a'), await isOn(next, sdkSecret, 'b')]).toEqual([false, true]);
  expect(await rescue.breakGlass.kill({ ...how, flag: 'b' })).toMatchObject({ durable: false, keptIn: 'journal' });
  expect(await isOn(next, sdkSecret, 'b')).toBe(false);
  hog.close();
  await vi.waitFor(async () => expect((await rescue.breakGlass.pending({})).pending).toEqual([]), patience);
  expect(await killsIn(next, secret)).toEqual([
    ...killed.map((flag) => [flag, 'break-glass:ann', 'errors']),
    ['b', 'break-glass:ann', 'errors'],
  ]);
}, 180_000);

const small = (path: string): boolean => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', path]).status === 0;

it('kills on a full disk with its journal on another, or in memory alone, and says which', async ({ skip }) => {
  const dataFolder = join(folder, 'small');
  mkdirSync(dataFolder);
  if (!small(dataFolder)) return skip('a file system of its own cannot be mounted here');
  cleanUps.push(() => spawnSync('umount', ['-l', dataFolder]));
  const elsewhere = join(folder, 'elsewhere.jsonl');
  const place = { dataFolder, port: await freePort(), variables: { SLUICE_BREAK_GLASS_JOURNAL: elsewhere } };
  const { server, secret, sdkSecret } = await openFlags(place);
  const rescue = await onCall(server, place);
  spawnSync('sh', ['-c', `cat /dev/zero > ${join(dataFolder, 'ballast')}`]);
  expect(await rescue.breakGlass.kill({ ...how, flag: 'a' })).toMatchObject({ durable: false, keptIn: 'journal' });
  // The other disk goes, too.
  rmSync(elsewhere);
  mkdirSync(elsewhere);
  expect(await rescue.breakGlass.kill({ ...how, flag: 'b' })).toMatchObject({ durable: false, keptIn: 'memory' });
  expect([await isOn(server, sdkSecret, 'a'), await isOn(server, sdkSecret, 'b')]).toEqual([false, false]);
  const edit = clientOf(server, secret).flags.addUser({ ...SCOPE, key: 'b', user: 'v', reason: 'more' });
  await expect(edit).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('break-glass') });
  rmSync(elsewhere, { recursive: true });
  rmSync(join(dataFolder, 'ballast'));
  await vi.waitFor(async () => expect((await rescue.breakGlass.pending({})).pending).toEqual([]), patience);
  expect(await killsIn(server, secret)).toEqual([
    ['a', 'break-glass:ann', 'errors'],
    ['b', 'break-glass:ann', 'errors'],
  ]);
}, 180_000);
