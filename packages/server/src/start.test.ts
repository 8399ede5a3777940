import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@sluice/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOutboundPolicy } from './outbound/outbound-policy.ts';
import { receiver } from './receiver.testing.ts';
import { serverLog } from './request-log.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { type RunningServer, startServer } from './start.ts';

let dataFolder: string;
const running: RunningServer[] = [];
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'sluice-server-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
  await rm(dataFolder, { recursive: true, force: true });
});

const lines: string[] = [];
const log = serverLog({ logLevel: 'info' }, { write: (line: string) => void lines.push(line) });
async function start(changes: Partial<Settings> = {}): Promise<RunningServer> {
  const settings: Settings = { ...DEFAULT_SETTINGS, port: 0, dataFolder, ...changes };
  const server = await startServer(settings, log);
  running.push(server);
  return server;
}

describe('startServer', () => {
  it('has a project at its first start, makes the administrator with what it printed, and keeps everything over a restart', async () => {
    const first = await start();
    const secret = /"setup":"[^"]*#([\w-]+)"/.exec(lines.join('\n'))?.[1] ?? '';
    const anybody = createClient({ url: first.url });
    const me = { email: 'ann@example.org', password: 'correct horse battery staple' };
    await expect(anybody.session.setUp({ ...me, secret: `${secret}x` })).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await anybody.session.setUp({ ...me, secret })).toMatchObject({ roles: { '*': 'admin' } });
    await expect(anybody.session.setUp({ ...me, secret })).rejects.toMatchObject({ code: 'refused' });
    let cookie = '';
    const browser: typeof fetch = async (url, init) => {
      const answer = await fetch(url, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return answer;
    };
    const client = createClient({ url: first.url, fetch: browser });
    await client.session.login(me);
    const scope = { project: 'default', environment: 'production', key: 'f' };
    await client.flags.set({ ...scope, settings: { enabled: true, rolloutPercentage: 0 }, reason: 'new' });
    expect((await stat(join(dataFolder, 'session-key'))).mode & 0o077).toBe(0);
    await running.pop()?.close();

    const second = await start();
    // The session goes on, since its key was kept.
    const again = createClient({ url: second.url, fetch: browser });
    expect(await again.flags.get(scope)).toMatchObject({ revision: expect.any(Number), rolloutPercentage: 0 });
    expect(await again.system.ready({})).toEqual({ status: 'ok' });
  });

  it('does not start with a key of sessions that was cut off, and leaves no draft of one', async () => {
    await start();
    expect((await readdir(dataFolder)).filter((name) => name.startsWith('session-key'))).toEqual(['session-key']);
    await running.pop()?.close();
    await writeFile(join(dataFolder, 'session-key'), '');
    await expect(start()).rejects.toThrow(/session-key must hold a key of at least 32 characters; delete it/);
  });

  it('tells a webhook what happens, and links the page', async () => {
    lines.length = 0;
    const service = await receiver();
    const publicUrl = new URL('https://flags.example.com');
    const server = await start({ outbound: parseOutboundPolicy('127.0.0.1'), publicUrl });
    const secret = /"setup":"[^"]*#([\w-]+)"/.exec(lines.join('\n'))?.[1] ?? '';
    let cookie = '';
    const browser: typeof fetch = async (url, init) => {
      const answer = await fetch(url, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return answer;
    };
    const client = createClient({ url: server.url, fetch: browser });
    const me = { email: 'ann@example.org', password: 'correct horse battery staple' };
    await client.session.setUp({ ...me, secret });
    await client.session.login(me);
    const settings = { url: service.url, format: 'slack', types: ['flag.created'], environments: ['staging'] } as const;
    await client.webhooks.set({ project: 'default', key: 'chat', settings, reason: 'new' });
    await client.flags.set({ project: 'default', environment: 'staging', key: 'f', settings: { enabled: false }, reason: 'new' });
    await expect.poll(() => service.received.length, { timeout: 20_000 }).toBe(1);
    expect(service.received[0]?.body).toContain('https://flags.example.com/#/default/staging/flag/f');
    await service.close();
  });

  it('says what to do where another program listens', async () => {
    const first = await start();
    const port = Number(new URL(first.url).port);
    const folder = await mkdtemp(join(tmpdir(), 'sluice-server-'));
    await expect(start({ port, dataFolder: folder })).rejects.toThrow(`port ${port}: another program listens there`);
    await rm(folder, { recursive: true });
  });

  it('says what SLUICE_HOST must be where this machine has no such address', async () => {
    for (const host of ['192.0.2.1', 'http://localhost'])
      await expect(start({ host })).rejects.toThrow(
        'SLUICE_HOST must be an address or a name of this machine, such as 127.0.0.1',
      );
  });

  it('does not make a key of sessions anew that is there, and says so where none can be made', async () => {
    await start();
    await running.pop()?.close();
    const before = await stat(join(dataFolder, 'session-key'));
    await start();
    await running.pop()?.close();
    expect((await stat(join(dataFolder, 'session-key'))).ctimeMs).toBe(before.ctimeMs);
    await rm(join(dataFolder, 'session-key'));
    await mkdir(join(dataFolder, 'session-key'));
    await expect(start()).rejects.toThrow(/session-key can neither be read nor made: .*; mend that, or set SLUICE_SESSION_KEY/);
  });

  it('starts with no validator and no metric server that it may not call', async () => {
    const url = 'http://10.0.0.1:9090';
    const sources = { prom: { kind: 'prometheus', url, queries: { errorRate: { value: 'a', samples: 'b' } } } };
    await expect(start({ metricSources: JSON.stringify(sources) })).rejects.toThrow('SLUICE_METRIC_SOURCES: /prom/url');
    await expect(start({ validators: JSON.stringify({ smoke: { url } }) })).rejects.toThrow('/smoke/url');
  });

  it('logs no secret', async () => {
    const server = await start();
    const token = `sl_server_${'0'.repeat(24)}_${'s'.repeat(43)}`;
    await fetch(`${server.url}/api/v1/me?token=${token}`, {
      headers: { authorization: `Bearer ${token}`, cookie: `sluice_session=${token}` },
    });
    expect(lines.join('\n')).toContain('/api/v1/me');
    expect(lines.join('\n')).not.toContain('ssssss');
  });
});
