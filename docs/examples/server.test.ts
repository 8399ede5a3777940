import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { createClient } from '@sluice/client';
import { DEFAULT_SETTINGS, serverLog, startServer } from '@sluice/server';
import { expect, it } from 'vitest';

it('keeps flags for many programs', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-guide-'));
  const lines: string[] = [];
  const log = serverLog({ logLevel: 'warn' }, { write: (line: string) => void lines.push(line) });
  const server = await startServer({ ...DEFAULT_SETTINGS, port: 0, dataFolder }, log);
  const { url } = server;
  const { token, clientToken } = await tokensOf(url, lines.join(''));
  // #region client
  const client = createClient({ url, token });
  const scope = { project: 'default', environment: 'development' };
  await client.flags.set({
    ...scope,
    key: 'new_model',
    settings: { enabled: true, rolloutPercentage: 10 },
    reason: 'first users',
  });
  const flag = await client.flags.get({ ...scope, key: 'new_model' });
  await client.flags.setPercentage(
    { ...scope, key: 'new_model', percentage: 20 },
    { ifRevision: flag.revision, idempotencyKey: 'raise-7f3a' },
  );
  // #endregion
  const sender = createClient({ url, token });
  // #region observe
  await sender.metrics.observe({
    ...scope,
    sentAt: Date.now(),
    sender: { instanceId: 'pod-7f3a', seq: 1 },
    observations: [
      { kind: 'count', metric: 'requests', value: 1, flag: 'new_model', variant: 'on', unit: 'ann' },
      { metric: 'latency', value: 84, flag: 'new_model', variant: 'on', unit: 'ann', at: Date.now() - 2000 },
    ],
  });
  // #endregion
  // #region ofrep
  const provider = new OFREPWebProvider({ baseUrl: url, headers: [['authorization', `Bearer ${clientToken}`]] });
  // #endregion
  await provider.initialize?.({ targetingKey: 'ann' });
  expect(provider.resolveBooleanEvaluation('new_model', false, {}).reason).toBe('SPLIT');
  await provider.onClose?.();
  await client.flags.set({ ...scope, key: 'checkout', settings: { enabled: true } });
  const breakGlassToken = (await readFile(join(dataFolder, 'break-glass.token'), 'utf8')).trim();
  // #region break-glass
  const rescue = createClient({ url, token: breakGlassToken });
  const kill = await rescue.breakGlass.kill({ ...scope, flag: 'checkout', reason: 'error spike', actor: 'ann' });
  const { storeTakesWrites, servedAsOf, pending } = await rescue.breakGlass.pending({});
  // #endregion
  expect(kill).toMatchObject({ keptIn: 'store', actor: 'break-glass:ann' });
  expect([storeTakesWrites, servedAsOf, pending]).toEqual([true, null, []]);
  expect((await client.flags.get({ ...scope, key: 'checkout' })).status).toBe('disabled');
  await server.close();
  await rm(dataFolder, { recursive: true });
});

/** As the page would: the first administrator logs in, and makes tokens. */
async function tokensOf(url: string, log: string): Promise<{ token: string; clientToken: string }> {
  let cookie = '';
  const browser: typeof fetch = async (to, init) => {
    const answer = await fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
  const page = createClient({ url, fetch: browser });
  const me = { email: 'ann@example.com', password: 'at least twelve characters' };
  await page.session.setUp({ ...me, secret: /setup#([\w-]+)"/.exec(log)?.[1] ?? '' });
  await page.session.login(me);
  const { secret: token } = await page.account.createToken({ label: 'laptop' });
  const bound = { project: 'default', kind: 'client', label: 'page', boundTo: 'development' } as const;
  return { token, clientToken: (await page.tokens.create(bound)).secret };
}
