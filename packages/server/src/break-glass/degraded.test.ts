import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@sluice/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverLog } from '../request-log.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { type RunningServer, startServer } from '../start.ts';

const ME = { email: 'ann@example.org', password: 'correct horse battery staple' };
const scope = { project: 'default', environment: 'development' };
let dataFolder: string;
let lines: string[];
const running: RunningServer[] = [];
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'sluice-server-'));
  lines = [];
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
  await rm(dataFolder, { recursive: true, force: true });
});

async function started(): Promise<RunningServer> {
  const log = serverLog({ logLevel: 'info' }, { write: (line: string) => void lines.push(line) });
  const server = await startServer({ ...DEFAULT_SETTINGS, port: 0, dataFolder }, log);
  running.push(server);
  return server;
}

/** Leaves an installation with an administrator, a token of an SDK, and a flag that everybody has. */
async function installed(): Promise<{ cookie: string; personal: string; sdk: string }> {
  const server = await started();
  const { url } = server;
  let cookie = '';
  const browser: typeof fetch = async (to, init) => {
    const answer = await fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
  const page = createClient({ url, fetch: browser });
  await page.session.setUp({ ...ME, secret: /"setup":"[^"]*#([\w-]+)"/.exec(lines.join('\n'))?.[1] ?? '' });
  await page.session.login(ME);
  const { secret: personal } = await page.account.createToken({ label: 'laptop' });
  const bound = { project: 'default', kind: 'server', label: 'sdk', boundTo: 'development' } as const;
  const { secret: sdk } = await page.tokens.create(bound);
  await page.flags.set({ ...scope, key: 'f', settings: { enabled: true } });
  await running.pop()?.close();
  return { cookie, personal, sdk };
}

const file = (name: string): string => join(dataFolder, name);

async function takeDatabaseAway(): Promise<void> {
  await rename(file('sluice.db'), file('elsewhere.db'));
  await mkdir(file('sluice.db'));
}

async function bringDatabaseBack(): Promise<void> {
  await rm(file('sluice.db'), { recursive: true });
  await rename(file('elsewhere.db'), file('sluice.db'));
}

it('a server that starts without its database serves SDKs, lets nobody in as somebody else, kills, and is whole again when the database is', async () => {
  const { cookie, personal, sdk } = await installed();
  await takeDatabaseAway();
  lines = [];
  const { url } = await started();
  const asked = async (path: string, headers: Record<string, string>, body?: object) =>
    fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const isOn = async () => {
    const answer = await asked(
      '/ofrep/v1/evaluate/flags/f',
      { authorization: `Bearer ${sdk}` },
      { context: { targetingKey: 'u' } },
    );
    return { ...((await answer.json()) as object), asOf: answer.headers.get('sluice-served-as-of') };
  };
  const ready = async () => (await (await asked('/readyz', {})).json()) as { readonly status: string; readonly asOf?: string };
  const { status, asOf } = await ready();
  expect(status).toBe('degraded');
  expect(await isOn()).toMatchObject({ value: true, asOf });

  const people = [
    asked('/api/v1/me', { authorization: `Bearer ${personal}` }),
    asked('/api/v1/me', { cookie }),
    asked('/api/v1/session', {}, ME),
    asked('/api/v1/setup', {}, { ...ME, secret: 'x'.repeat(32) }),
  ];
  for (const answer of await Promise.all(people)) {
    expect(answer.status).toBe(503);
    expect(await answer.text()).toMatch(/people are not known.*break-glass\/kill/);
  }
  expect(lines.join()).not.toContain('nobody can administer this yet');

  const token = (await readFile(file('break-glass.token'), 'utf8')).trim();
  const rescue = createClient({ url, token });
  const kill = await rescue.breakGlass.kill({ ...scope, flag: 'f', reason: 'errors', actor: 'ann' });
  expect(kill).toMatchObject({ keptIn: 'journal', warnings: [] });
  const mistyped = await rescue.breakGlass.kill({ ...scope, flag: 'g', reason: 'errors', actor: 'ann' });
  expect(mistyped.warnings).toEqual([expect.stringContaining('no flag "g" is known here')]);
  expect(await isOn()).toMatchObject({ value: false });
  expect(await rescue.breakGlass.pending({})).toMatchObject({ storeTakesWrites: false, servedAsOf: asOf, pending: [{}, {}] });

  await bringDatabaseBack();
  await expect.poll(ready, { timeout: 30_000 }).toEqual({ status: 'ok' });
  await expect.poll(async () => (await rescue.breakGlass.pending({})).pending, { timeout: 60_000 }).toEqual([]);
  const client = createClient({ url, token: personal });
  expect(await isOn()).toMatchObject({ value: false, asOf: null });
  expect((await client.rollbacks.history(scope)).rollbacks).toMatchObject([
    { flag: 'f', actor: 'break-glass:ann', detail: { breakGlass: true } },
  ]);
  await client.flags.set({ ...scope, key: 'after', settings: { enabled: true } });
});

it('a server without a last good state waits for its database, and says nothing to anybody meanwhile', async () => {
  await installed();
  await takeDatabaseAway();
  await rm(file('last-good.json'));
  const log = serverLog({ logLevel: 'silent' });
  let isStarted = false;
  const starting = startServer({ ...DEFAULT_SETTINGS, port: 0, dataFolder }, log).then((server) => {
    isStarted = true;
    running.push(server);
    return server;
  });
  await expect.poll(() => readFile(file('break-glass.token'), 'utf8')).not.toBe('');
  expect(isStarted).toBe(false);
  await bringDatabaseBack();
  const { url } = await starting;
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ok' });
});
