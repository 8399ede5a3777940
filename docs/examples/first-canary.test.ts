import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@sluice/client';
import { DEFAULT_SETTINGS, type RunningServer, serverLog, startServer } from '@sluice/server';
import { afterAll, beforeAll, expect, it } from 'vitest';

const scope = { project: 'default', environment: 'production' } as const;
const flag = 'new_search';
const plan = {
  strategy: 'percentage',
  stages: [5, 25, 100],
  bakeMs: 1_000,
  criteria: [{ metric: 'errorRate', versusControl: 1.2 }],
} as const;
let folder: string;
let server: RunningServer;
let client: ReturnType<typeof createClient>;
let token: string;
let service: ChildProcess | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-canary-'));
  const printed: string[] = [];
  const log = serverLog({ logLevel: 'warn' }, { write: (line: string) => void printed.push(line) });
  server = await startServer({ ...DEFAULT_SETTINGS, port: 0, dataFolder: folder }, log);
  const { url } = server;
  const me = { email: 'ann@example.com', password: 'at least twelve characters' };
  await createClient({ url }).session.setUp({ ...me, secret: /setup#([\w-]+)"/.exec(printed.join(''))?.[1] ?? '' });
  const headers = { 'content-type': 'application/json' };
  const login = await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify(me) });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const browser: typeof fetch = (to, init) =>
    fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
  const { secret } = await createClient({ url, fetch: browser }).account.createToken({ label: 'guide' });
  client = createClient({ url, token: secret });
  const bound = { project: scope.project, kind: 'server', label: 'search-service', boundTo: scope.environment } as const;
  token = (await client.tokens.create(bound)).secret;
  const settings = { enabled: true, rolloutPercentage: 0 };
  await client.flags.set({ ...scope, key: flag, settings, reason: 'a search that knows synonyms' });
});
afterAll(async () => {
  await stopService();
  await server.close();
  await rm(folder, { recursive: true });
});

function startService(variables: Readonly<Record<string, string>>): void {
  const env = { ...process.env, SLUICE_URL: server.url, SLUICE_TOKEN: token, ...variables };
  service = spawn(process.execPath, [join(import.meta.dirname, 'first-canary.mjs')], { env, stdio: 'inherit' });
}

async function stopService(): Promise<void> {
  const ending = service;
  service = null;
  if (ending?.kill()) await once(ending, 'exit');
}

const status = () => client.rollouts.status({ ...scope, flag });
const start = () => client.rollouts.start({ ...scope, flag, settings: plan, reason: 'my first canary' });

it('is taken back where it is bad, as the guide says', async () => {
  startService({ NEW_FAILS: '0.3' });
  await start();
  await expect.poll(async () => (await status()).phase, { timeout: 60_000 }).toBe('failed');
  expect((await status()).error).toMatch(/units met an error on the change/);
  await stopService();
});

it('goes through where it is good', async () => {
  startService({});
  await start();
  await expect.poll(async () => (await status()).phase, { timeout: 90_000 }).toBe('completed');
  await stopService();
});
