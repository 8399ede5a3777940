/** PostgreSQL goes down in the middle of a rollout and comes back: what is served, what may be done meanwhile, and what the log says afterwards. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { askAllTheTime, flagFor, listen, onCall } from './outage.testing.ts';
import {
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

const DOWN_MS = process.env.SLUICE_SOAK === '1' ? 60_000 : 6_000;
const STAGES = [10, 25, 50, 75, 100];
const patience = { timeout: 60_000, interval: 50 };

let postgres: PostgresServer;
const folders: string[] = [];
const running: ServerProcess[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  await Promise.all(running.map((server) => server.end('SIGKILL')));
  await postgres.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

async function placeOf(databaseUrl: string): Promise<ServerPlace> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-'));
  folders.push(dataFolder);
  return { dataFolder, port: await freePort(), databaseUrl, leaseMs: 1_000 };
}

async function startedAt(place: ServerPlace): Promise<ServerProcess> {
  const server = spawnServer(place);
  running.push(server);
  await server.ready();
  return server;
}

const readiness = async ({ url }: ServerProcess) => {
  const answer = await fetch(`${url}/readyz`);
  return { http: answer.status, ...((await answer.json()) as { readonly status: string; readonly asOf?: string }) };
};

it('no evaluation fails, the rollout stands still and then goes on by itself, each transition is told once, and the kill works meanwhile', async () => {
  const places = [await placeOf(await postgres.database())] as [ServerPlace];
  const other = await placeOf(places[0].databaseUrl as string);
  const one = await startedAt(places[0]);
  const two = await startedAt(other);
  const { secret, sdkSecret } = await admitted(one);
  const client = clientOf(one, secret);
  await flagFor(client, 'bad', 'u');
  await client.flags.set({ ...SCOPE, key: 'rolling', settings: { enabled: true, rolloutPercentage: 0 }, reason: 'new' });
  const settings = { strategy: 'percentage', stages: STAGES, unvalidated: true, bakeMs: 1_500 } as const;
  await client.rollouts.start({ ...SCOPE, flag: 'rolling', settings, reason: 'go' });
  const percentage = async () => (await client.flags.get({ ...SCOPE, key: 'rolling' })).rolloutPercentage;
  await vi.waitFor(async () => expect(await percentage()).toBeGreaterThanOrEqual(25), patience);
  const streams = [await listen(one.url, '/api/v1/stream', sdkSecret), await listen(one.url, '/ofrep/v1/events', sdkSecret)];
  const asking = [one, two].map(({ url }) => askAllTheTime(url, sdkSecret, 'rolling'));

  await postgres.crash();
  await wait(500);
  const before = await percentage();
  const rescue = await onCall(one, places[0]);
  const askedAt = Date.now();
  const kill = await rescue.breakGlass.kill({ ...SCOPE, flag: 'bad', reason: 'errors everywhere', actor: 'ann' });
  const tookMs = Date.now() - askedAt;
  expect(kill).toMatchObject({ durable: false, status: 'awaitingStore', keptIn: 'journal', toPercentage: 0 });
  expect(await evaluated(one.url, sdkSecret, 'bad', 'u')).toMatchObject({ status: 200, value: false });
  expect(await evaluated(two.url, sdkSecret, 'bad', 'u')).toMatchObject({ status: 200, value: true });
  await vi.waitFor(() => expect(streams[0]?.text()).toMatch(/event: emergencies\ndata: .*"key":"bad"/), patience);
  await vi.waitFor(() => expect(streams[1]?.text()).toContain('refetchEvaluation'), patience);
  expect(await rescue.breakGlass.pending({})).toMatchObject({
    storeTakesWrites: false,
    pending: [{ ...SCOPE, flag: 'bad', actor: 'break-glass:ann', isJournalled: true }],
  });
  await vi.waitFor(async () => expect(await readiness(one)).toMatchObject({ http: 200, status: 'degraded' }), patience);
  const edit = client.flags.setPercentage({ ...SCOPE, key: 'rolling', percentage: 1, reason: 'no' });
  await expect(edit).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('break-glass') });
  await wait(Math.max(0, DOWN_MS - (Date.now() - askedAt)));
  expect(await percentage()).toBe(before);

  await postgres.start();
  await vi.waitFor(async () => expect(await readiness(one)).toMatchObject({ http: 200, status: 'ok' }), patience);
  await vi.waitFor(
    async () => expect((await client.rollouts.status({ ...SCOPE, flag: 'rolling' })).phase).toBe('completed'),
    patience,
  );
  const told = await Promise.all(asking.map((each) => each.stop()));
  for (const { asked, failures } of told) {
    expect(failures).toEqual([]);
    expect(asked).toBeGreaterThan(100);
  }
  const history = await wholeHistory(client);
  const opened = history.filter(({ key, type }) => key === 'rolling' && /^rollout\.(advanced|finalizing)$/.test(type));
  expect(opened.map(({ detail }) => detail.percentage)).toEqual(STAGES);
  expect(history.filter(({ key, type }) => key === 'rolling' && type === 'rollout.completed')).toHaveLength(1);

  await vi.waitFor(async () => expect((await rescue.breakGlass.pending({})).pending).toEqual([]), patience);
  await vi.waitFor(async () => expect((await evaluated(two.url, sdkSecret, 'bad', 'u')).value).toBe(false), patience);
  const kills = (await wholeHistory(client)).filter(({ key, type }) => key === 'bad' && type === 'rollback.immediate');
  expect(kills).toMatchObject([{ actor: 'break-glass:ann', reason: 'errors everywhere', detail: { breakGlass: true } }]);
  // It was done when it was asked for, long before it could be kept.
  expect(Number(kills[0]?.at)).toBeGreaterThanOrEqual(askedAt);
  expect(Number(kills[0]?.at)).toBeLessThanOrEqual(askedAt + tookMs);
  for (const stream of streams) stream.end();
  console.info(
    `down ${DOWN_MS} ms: ${told.map(({ asked }) => asked).join(' + ')} evaluations, no failure; the kill answered after ${tookMs} ms`,
  );
}, 240_000);

it('a server that is started while the database is down serves its last good state, kills, and is told the difference when it is back', async () => {
  const place = await placeOf(await postgres.database());
  const first = await startedAt(place);
  const { secret, sdkSecret } = await admitted(first);
  const client = clientOf(first, secret);
  for (const key of ['pending', 'bad', 'fine']) await flagFor(client, key, 'u');
  await vi.waitFor(
    async () => expect(await readFile(join(place.dataFolder, 'last-good.json'), 'utf8')).toContain('"fine"'),
    patience,
  );
  const other = await startedAt(await placeOf(place.databaseUrl as string));
  await postgres.crash();
  const how = { ...SCOPE, reason: 'errors', actor: 'ann' };
  await (await onCall(first, place)).breakGlass.kill({ ...how, flag: 'pending' });
  expect(await first.end('SIGKILL')).toBe('SIGKILL');

  const second = await startedAt(place);
  expect(await readiness(second)).toMatchObject({ http: 200, status: 'degraded', asOf: expect.any(String) });
  const values = async (server: ServerProcess) =>
    Promise.all(['pending', 'bad', 'fine'].map(async (key) => (await evaluated(server.url, sdkSecret, key, 'u')).value));
  expect(await values(second)).toEqual([false, true, true]);
  const stream = await listen(second.url, '/api/v1/stream', sdkSecret);
  const rescue = await onCall(second, place);
  expect(await rescue.breakGlass.kill({ ...how, flag: 'bad' })).toMatchObject({ durable: false, keptIn: 'journal' });
  expect(await values(second)).toEqual([false, false, true]);
  const later = clientOf(second, secret);
  // Nobody is told that they are unknown who may be known.
  await expect(later.access.me({})).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('break-glass'),
  });
  expect(
    (await fetch(`${second.url}/ofrep/v1/evaluate/flags/fine`, { method: 'POST' })).headers.get('sluice-served-as-of'),
  ).not.toBeNull();

  await postgres.start();
  // Made by another replica, before this one has heard of anything.
  await vi.waitFor(() => flagFor(clientOf(other, secret), 'made-meanwhile', 'u'), patience);
  await vi.waitFor(async () => expect(await readiness(second)).toMatchObject({ status: 'ok' }), patience);
  await vi.waitFor(() => expect(stream.text()).toContain('made-meanwhile'), patience);
  await vi.waitFor(async () => expect((await rescue.breakGlass.pending({})).pending).toEqual([]), patience);
  await vi.waitFor(async () => expect(await values(other)).toEqual([false, false, true]), patience);
  const kills = (await wholeHistory(later)).filter(({ type }) => type === 'rollback.immediate');
  expect(kills.map(({ key, actor, detail }) => [key, actor, detail.breakGlass])).toEqual([
    ['pending', 'break-glass:ann', true],
    ['bad', 'break-glass:ann', true],
  ]);
  expect(second.output()).not.toContain('nobody can administer this yet');
  stream.end();
}, 240_000);
