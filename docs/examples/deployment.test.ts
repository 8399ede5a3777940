import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createClient } from '@sluice/client';
import { DEFAULT_SETTINGS, type RunningServer, serverLog, startServer } from '@sluice/server';
import { afterAll, beforeAll, expect, it } from 'vitest';

const scope = { project: 'default', environment: 'production' } as const;
const ME = { email: 'ann@example.com', password: 'at least twelve characters' };
let folder: string;
let server: RunningServer;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deployment-'));
  const printed: string[] = [];
  const log = serverLog({ logLevel: 'warn' }, { write: (line: string) => void printed.push(line) });
  server = await startServer({ ...DEFAULT_SETTINGS, port: 0, dataFolder: join(folder, 'data') }, log);
  const { url } = server;
  await createClient({ url }).session.setUp({ ...ME, secret: /setup#([\w-]+)"/.exec(printed.join(''))?.[1] ?? '' });
  const headers = { 'content-type': 'application/json' };
  const login = await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify(ME) });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const browser: typeof fetch = (to, init) =>
    fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
  const { secret } = await createClient({ url, fetch: browser }).account.createToken({ label: 'guide' });
  client = createClient({ url, token: secret });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

it('is judged by what the service of the guide reports', async () => {
  const { url } = server;
  const stateFile = join(folder, 'flags.state');
  const bound = { project: scope.project, kind: 'server', label: 'ner-service', boundTo: scope.environment } as const;
  const { secret: token } = await client.tokens.create(bound);
  const oldModel = (text: string): readonly string[] => text.match(/[A-Z][a-z]+/g) ?? [];
  const newModel = (text: string): readonly string[] => {
    throw new Error(`no model for ${text.length} characters`);
  };
  // #region service
  const flags = connect({ url, token, stateFile }); // goes on with what it has when the server is away
  await flags.ready();

  function findNames(userId: string, text: string): readonly string[] {
    const variant = flags.getVariant('new_ner_model', { userId }, 'off');
    const labels = { flag: 'new_ner_model', variant, unit: userId };
    const startedAt = performance.now();
    flags.count('requests', 1, labels);
    try {
      return variant === 'on' ? newModel(text) : oldModel(text);
    } catch (error) {
      flags.count('errors', 1, labels);
      throw error;
    } finally {
      flags.observe('latency', performance.now() - startedAt, labels);
    }
  }
  // #endregion
  expect(findNames('ann', 'Ada met Grace')).toEqual(['Ada', 'Grace']);
  const settings = { enabled: true, rolloutPercentage: 0 };
  await client.flags.set({ ...scope, key: 'new_ner_model', settings, reason: 'a better model' });
  const plan = { strategy: 'canary', criteria: [{ metric: 'errorRate', versusControl: 1.2 }] } as const;
  await client.rollouts.start({ ...scope, flag: 'new_ner_model', settings: plan, reason: 'as planned' });
  const status = () => client.rollouts.status({ ...scope, flag: 'new_ner_model' });
  let user = 0;
  const served = async () => {
    for (let request = 0; request < 500; request++, user++)
      try {
        findNames(`user-${user}`, 'Ada met Grace');
      } catch {
        // Whoever asked meets the error; the rollout is what it is about.
      }
    return (await status()).phase;
  };
  await expect.poll(served, { interval: 200, timeout: 60_000 }).toBe('failed');
  expect((await status()).error).toMatch(/units met an error on the change/);
  await expect.poll(() => flags.isEnabled('new_ner_model', { userId: 'ann' })).toBe(false);
  await flags.close();
});

it('goes back to a version', async () => {
  for (const version of ['1.0.0', '2.0.0'])
    await client.components.register({ ...scope, component: 'ner_model', version, reason: 'built' });
  await client.rollouts.start({
    ...scope,
    flag: 'ner_model',
    settings: { strategy: 'canary', toVersion: '2.0.0', unvalidated: true },
    reason: 'the new build',
  });
  // #region version
  await client.rollbacks.immediate({ ...scope, flag: 'ner_model', reason: 'Bug in 2.0.0', rollbackToVersion: '1.0.0' });
  // #endregion
  const { versions } = await client.components.versions({ ...scope, component: 'ner_model' });
  expect(versions.map(({ servedPercentage }) => servedPercentage)).toEqual([100, 0]);
});
