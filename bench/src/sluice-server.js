/** The server as people start it: a process of its own in a folder of its own, and somebody who administers it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../packages/client/dist/index.js';

export const MAIN = new URL('../../packages/server/bundle/main.js', import.meta.url).pathname;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export function newDataFolder() {
  const dataFolder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  return { dataFolder, remove: () => rmSync(dataFolder, { recursive: true, force: true }) };
}

/** What a server of the bench is told, besides what its own measurement says. */
export function environmentOf({ dataFolder, port, ...more }) {
  return {
    PATH: process.env.PATH,
    SLUICE_DATA: dataFolder,
    SLUICE_PORT: String(port),
    SLUICE_LOG_LEVEL: 'warn',
    SLUICE_REQUESTS_PER_MINUTE: '1000000000',
    ...more,
  };
}

/** Resolves when `url` first answers 200. */
export async function answers(url, everyMs = 25) {
  while ((await fetch(url).catch(() => null))?.status !== 200) await pause(everyMs);
}

/** Resolves when it is ready. `end` kills it and deletes its folder. */
export async function startServer(variables = {}) {
  const { dataFolder, remove } = newDataFolder();
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: environmentOf({ dataFolder, port, ...variables }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/readyz`);
  const end = () => {
    child.kill('SIGKILL');
    remove();
  };
  return { url, port, pid: child.pid, output: () => said, end };
}

/** The first administrator's client, a token for SDKs of this environment, and the session of a browser, `name=value`. */
export async function admitted({ url, output }, { project, environment }) {
  const me = { email: 'bench@example.org', password: 'correct horse battery staple' };
  let secret;
  while (secret === undefined) {
    secret = /"setup":"[^"]*#([\w-]+)"/.exec(output())?.[1];
    await pause(25);
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
  const sdk = await client.tokens.create({ project, kind: 'server', label: 'sdk', boundTo: environment });
  return {
    client: createClient({ url, token: (await client.account.createToken({ label: 'bench' })).secret }),
    sdkSecret: sdk.secret,
    cookie,
  };
}
