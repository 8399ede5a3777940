/**
 * Measures how soon a kill that one server accepts is seen by SDKs that stream from another on the same PostgreSQL, both as real
 * processes. `--json` prints JSON.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../conformance/dist/postgres-server.js';
import { createClient } from '../../packages/client/dist/index.js';
import { summary } from './stream-load.js';

const CLIENTS = [1, 100, 1_000];
const KILLS = 40;
const MAIN = new URL('../../packages/server/dist/main.js', import.meta.url).pathname;
const SCOPE = { project: 'default', environment: 'production' };
const now = () => process.hrtime.bigint();
const ends = [];

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function startServer(databaseUrl) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'sluice-replica-'));
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    SLUICE_DATA: dataFolder,
    SLUICE_PORT: String(port),
    SLUICE_LOG_LEVEL: 'warn',
    SLUICE_REQUESTS_PER_MINUTE: '1000000',
    SLUICE_SESSION_KEY: 'the same key in every replica of a bench',
    DATABASE_URL: databaseUrl,
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  ends.push(() => {
    child.kill('SIGKILL');
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(`${url}/readyz`).catch(() => null))?.status !== 200)
    await new Promise((resolve) => setTimeout(resolve, 25));
  return { url, port, output: () => said };
}

async function admitted({ url, output }) {
  const me = { email: 'bench@example.org', password: 'correct horse battery staple' };
  let secret;
  while (secret === undefined) {
    secret = /"setup":"[^"]*#([\w-]+)"/.exec(output())?.[1];
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await createClient({ url }).session.setUp({ ...me, secret });
  let cookie = '';
  const browser = async (to, init) => {
    const answer = await fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
  const client = createClient({ url, fetch: browser });
  await client.session.login(me);
  const sdk = await client.tokens.create({ project: SCOPE.project, kind: 'server', label: 'sdk', boundTo: SCOPE.environment });
  return {
    client: createClient({ url, token: (await client.account.createToken({ label: 'bench' })).secret }),
    sdkSecret: sdk.secret,
  };
}

async function startLoad() {
  const child = fork(new URL('./stream-load.js', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  ends.push(() => child.kill());
  await once(child, 'message');
  const waiting = new Map();
  let id = 0;
  child.on('message', (message) => waiting.get(message.id)?.(message.answer));
  return (command, options = {}) =>
    new Promise((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      child.send({ id, command, ...options });
    });
}

/** A kill is undone at 0 % and by hand, as in a protected environment; SDKs ask for a unit that is named. */
async function killsSeen(client, ask, count) {
  const [sinceAccepted, sinceAsked] = [[], []];
  for (let round = -3; round < KILLS; round++) {
    const startedAt = now();
    await client.flags.kill({ ...SCOPE, key: 'killed', reason: 'bench' });
    const acceptedMs = Number(now() - startedAt) / 1e6;
    const seen = await ask('kills', { count, since: String(startedAt) });
    if (round >= 0) {
      sinceAsked.push(...seen);
      sinceAccepted.push(...seen.map((ms) => ms - acceptedMs));
    }
    const undone = ask('restores', { count });
    await client.flags.unkill({ ...SCOPE, key: 'killed', reason: 'bench' });
    await undone;
  }
  return { sinceAccepted: summary(sinceAccepted), sinceAsked: summary(sinceAsked) };
}

const postgres = await startPostgres();
const report = { node: process.version, loadAverage: loadavg()[0], kills: {} };
try {
  const databaseUrl = await postgres.database();
  const here = await startServer(databaseUrl);
  const { client, sdkSecret } = await admitted(here);
  const there = await startServer(databaseUrl);
  const settings = { enabled: true, rolloutPercentage: 0, enabledUsers: ['u'] };
  await client.flags.set({ ...SCOPE, key: 'killed', settings, reason: 'bench' });
  for (const [where, { port }] of Object.entries({ 'the same server': here, 'the other server': there })) {
    for (const count of CLIENTS) {
      const ask = await startLoad();
      await ask('connect', { port, count, mode: 'sdk', path: '/api/v1/stream', token: sdkSecret });
      report.kills[`${count} SDKs of ${where}`] = await killsSeen(client, ask, count);
      await ask('close');
    }
  }
} finally {
  for (const end of ends) end();
  await postgres.stop();
}
const figures = (value) =>
  JSON.stringify(value, (_, member) => (typeof member === 'number' ? Number(member.toPrecision(3)) : member));
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
else {
  process.stdout.write(`load average at the start: ${report.loadAverage}\n`);
  for (const [name, value] of Object.entries(report.kills)) process.stdout.write(`a kill, seen by ${name}: ${figures(value)}\n`);
}
process.exit(0);
