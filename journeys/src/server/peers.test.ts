/** The database is away, and a kill at one server is heard by an SDK that is connected to another. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createClient } from '@sluice/client';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { flagFor } from './outage.testing.ts';
import {
  admitted,
  clientOf,
  evaluated,
  freePort,
  SCOPE,
  type ServerProcess,
  spawnServer,
  wholeHistory,
} from './server-process.testing.ts';

const TOKEN = 'a-token-that-both-replicas-mount-as-a-secret';
const patience = { timeout: 60_000, interval: 50 };

let postgres: PostgresServer;
let folder: string;
const running: ServerProcess[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(join(tmpdir(), 'sluice-'));
}, 60_000);
afterAll(async () => {
  await Promise.all(running.map((server) => server.end('SIGKILL')));
  await postgres.stop();
  await rm(folder, { recursive: true });
});

/** Two that know each other, and a third address at which nobody is. */
async function replicas(): Promise<readonly [ServerProcess, ServerProcess]> {
  const databaseUrl = await postgres.database();
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, TOKEN);
  const ports = [await freePort(), await freePort()] as const;
  const absent = await freePort();
  for (const port of ports) {
    const others = [...ports.filter((other) => other !== port), absent].map((other) => `http://127.0.0.1:${other}`);
    const variables = { SLUICE_BREAK_GLASS_TOKEN_FILE: tokenFile, SLUICE_PEERS: others.join(',') };
    const server = spawnServer({ dataFolder: join(folder, String(port)), port, databaseUrl, leaseMs: 1_000, variables });
    running.push(server);
    await server.ready();
  }
  return running as unknown as readonly [ServerProcess, ServerProcess];
}

it('a kill at one server is in effect at the other, which tells its own SDKs, and the log has it once', async () => {
  const [one, two] = await replicas();
  const { secret, sdkSecret } = await admitted(one);
  const client = clientOf(one, secret);
  await flagFor(client, 'bad', 'u');
  const sdk = connect({ url: two.url, token: sdkSecret });
  await sdk.ready;
  await vi.waitFor(() => expect(sdk.isEnabled('bad', { userId: 'u' })).toBe(true), patience);

  await postgres.crash();
  const rescue = createClient({ url: one.url, token: TOKEN, retries: 0 });
  const killing = rescue.breakGlass.kill({ ...SCOPE, flag: 'bad', reason: 'errors everywhere', actor: 'ann' });
  const askedAt = Date.now();
  await vi.waitFor(() => expect(sdk.isEnabled('bad', { userId: 'u' })).toBe(false), { timeout: 60_000, interval: 5 });
  const heardMs = Date.now() - askedAt;
  const kill = await killing;
  expect(kill).toMatchObject({ durable: false, keptIn: 'journal' });
  expect(kill.peers).toEqual([
    { peer: two.url, keptIn: 'journal', problem: null },
    { peer: expect.stringMatching(/^http:\/\/127/), keptIn: null, problem: expect.stringContaining('could not be asked') },
  ]);
  expect(await evaluated(two.url, sdkSecret, 'bad', 'u')).toMatchObject({ status: 200, value: false });
  const there = createClient({ url: two.url, token: TOKEN, retries: 0 });
  expect((await there.breakGlass.pending({})).pending).toMatchObject([
    { ...SCOPE, flag: 'bad', actor: 'break-glass:ann', isJournalled: true },
  ]);

  await postgres.start();
  for (const each of [rescue, there])
    await vi.waitFor(async () => expect((await each.breakGlass.pending({})).pending).toEqual([]), patience);
  await vi.waitFor(async () => expect((await client.flags.get({ ...SCOPE, key: 'bad' })).status).toBe('disabled'), patience);
  const kills = (await wholeHistory(client)).filter(({ key, type }) => key === 'bad' && type === 'rollback.immediate');
  expect(kills).toMatchObject([{ actor: 'break-glass:ann', reason: 'errors everywhere', detail: { breakGlass: true } }]);
  expect(sdk.isEnabled('bad', { userId: 'u' })).toBe(false);
  await sdk.close();
  console.info(`the SDK at the other server had the kill after ${heardMs} ms`);
}, 240_000);
