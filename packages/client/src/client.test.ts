import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from './client.ts';

let server: Server;
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

interface Seen extends Pick<IncomingMessage, 'method' | 'url' | 'headers'> {
  readonly body: string;
}
type Reply = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> } | 'cut' | 'hang';

/** A server that answers so, one reply after another, and what it was asked. */
async function answering(...replies: Reply[]): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      const reply = replies[seen.length - 1] ?? replies.at(-1) ?? 'cut';
      if (reply === 'cut') request.socket.destroy();
      else if (reply !== 'hang')
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const scope = { project: 'p', environment: 'e' };
const ok: Reply = { status: 200, body: '{}' };

describe('the client', () => {
  it('puts each part of a call where the route has it', async () => {
    const { url, seen } = await answering(ok);
    const client = createClient({ url: `${url}/behind/a/proxy/`, token: async () => 'secret' });
    await client.flags.set({ ...scope, key: 'a/b:c %', settings: { enabled: true } }, { ifRevision: 3, idempotencyKey: 'k' });
    await client.flags.removeUser({ ...scope, key: 'f', user: 'ann', reason: 'left & gone' });
    const [set, removed] = seen;
    expect([set?.method, set?.url, set?.body]).toEqual([
      'PATCH',
      '/behind/a/proxy/api/v1/projects/p/environments/e/flags/a%2Fb%3Ac%20%25',
      '{"settings":{"enabled":true}}',
    ]);
    expect(set?.headers).toMatchObject({ authorization: 'Bearer secret', 'if-match': 'W/"r3"', 'idempotency-key': 'k' });
    expect([removed?.method, removed?.url, removed?.body]).toEqual([
      'DELETE',
      '/behind/a/proxy/api/v1/projects/p/environments/e/flags/f/users/ann?reason=left+%26+gone',
      '',
    ]);
  });

  it('refuses what is missing and what is of no use, without asking', async () => {
    const { url, seen } = await answering(ok);
    const client = createClient({ url });
    await expect(client.flags.get({ ...scope, key: '' })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: '/key' }] });
    await expect(client.flags.get({ ...scope, key: 'a\ud800' })).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: '/key' }],
    });
    await expect(client.flags.get({ ...scope, key: 'f', kee: 1 } as never)).rejects.toMatchObject({ issues: [{ path: '/kee' }] });
    expect(seen).toEqual([]);
  });

  it('repeats a question, and a change with a key, when the answer is lost or the server is busy', async () => {
    const { url, seen } = await answering('cut', { status: 503, headers: { 'retry-after': '0' } }, ok, 'cut', ok);
    const client = createClient({ url });
    await client.flags.get({ ...scope, key: 'f' });
    expect(seen.length).toBe(3);
    await client.flags.kill({ ...scope, key: 'f' }, { idempotencyKey: 'once' });
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined, undefined, 'once', 'once']);
  });

  it('does not repeat a change without a key, nor what was refused, nor more often than it is told', async () => {
    const { url, seen } = await answering('cut', { status: 404, body: '{}' }, 'cut');
    await expect(createClient({ url }).flags.kill({ ...scope, key: 'f' })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(createClient({ url }).flags.get({ ...scope, key: 'f' })).rejects.toMatchObject({ code: 'notFound' });
    expect(seen.length).toBe(2);
    await expect(createClient({ url, retries: 1 }).flags.get({ ...scope, key: 'f' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(seen.length).toBe(4);
  });

  it('waits for an answer so long, and says so', async () => {
    const { url } = await answering('hang');
    await expect(createClient({ url, timeoutMs: 50, retries: 0 }).flags.get({ ...scope, key: 'f' })).rejects.toThrow(
      'did not answer in time',
    );
    server.closeAllConnections();
  });

  it('waits no longer than its caller, who is not asked to wait for another attempt', async () => {
    const { url, seen } = await answering('hang');
    const caller = new AbortController();
    const aborted = createClient({ url }).flags.get({ ...scope, key: 'f' }, { signal: caller.signal });
    await Promise.all([
      expect(aborted).rejects.toMatchObject({ code: 'unavailable' }),
      expect
        .poll(() => seen.length)
        .toBe(1)
        .then(() => caller.abort()),
    ]);
    expect(seen.length).toBe(1);
    server.closeAllConnections();
  });
});
