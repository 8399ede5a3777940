import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { lastGoodStore, memoryStore, openWorkspace, type StoredState } from 'sluice';
import { expect, it } from 'vitest';
import { buildApp } from './app.ts';
import { Outbound } from './outbound/outbound.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

it('before its records are loaded a server says that it is not ready, and tells nobody that they are unknown', async () => {
  const store = memoryStore();
  let load: () => void = () => {};
  const loading = new Promise<void>((resolve) => {
    load = resolve;
  });
  const read = (): Promise<StoredState> => loading.then(() => store.read());
  const slow = new Proxy(store, {
    get: (target, name) => {
      if (name === 'read') return read;
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  const served = lastGoodStore({ store: slow, file: join(folder, 'last-good.json'), source: 'memory' });
  const workspace = openWorkspace({ store: served });
  const options = { settings: DEFAULT_SETTINGS, logger: pino({ level: 'silent' }), version: '0', sessionKey: 'k' };
  const outbound = new Outbound({ policy: DEFAULT_SETTINGS.outbound });
  const { http } = await buildApp({ workspace, store: served, outbound, notifier: () => null, ...options });
  const ask = async (url: string, payload?: object) => {
    const answer = await http.inject({ method: payload === undefined ? 'GET' : 'POST', url, ...(payload && { payload }) });
    return answer.statusCode;
  };
  const login = { email: 'ann@example.org', password: 'x' };
  expect([await ask('/healthz'), await ask('/readyz'), await ask('/api/openapi.json')]).toEqual([200, 503, 200]);
  expect([await ask('/api/v1/me'), await ask('/metrics'), await ask('/api/v1/session', login)]).toEqual([503, 503, 503]);
  load();
  await workspace.ready;
  expect([await ask('/readyz'), await ask('/api/v1/me'), await ask('/api/v1/session', login)]).toEqual([200, 401, 401]);
  await http.close();
  expect(await ask('/healthz').catch(() => 'closed')).toBe('closed');
  await workspace.close();
  await rm(folder, { recursive: true });
});
