import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { freePort } from '@sluice/conformance/free-port';
import { SluiceError } from '@sluice/core';
import { httpJsonSource, manualClock, prometheusSource } from 'sluice';
import { afterEach, describe, expect, it } from 'vitest';
import { type Receiver, receiver, sendJson } from '../receiver.testing.ts';
import { checkOutboundUrl } from './check-outbound-url.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { parseOutboundPolicy } from './outbound-policy.ts';

const open: Receiver[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function opened(...args: Parameters<typeof receiver>): Promise<Receiver> {
  const one = await receiver(...args);
  open.push(one);
  return one;
}

const local = parseOutboundPolicy('127.0.0.1');

async function failureOf(work: Promise<unknown>): Promise<SluiceError> {
  const error = await work.then(
    () => new Error('it was answered'),
    (failure: unknown) => failure,
  );
  if (error instanceof SluiceError) return error;
  throw error;
}

describe('a guarded fetch', () => {
  it('sends what fetch would send, and answers as fetch would', async () => {
    const there = await opened((response) => sendJson(response, { a: 1 }, 201));
    const answer = await guardedFetch({ policy: local })(new URL(`${there.url}/x?y=1`), {
      method: 'POST',
      headers: { 'X-One': '1' },
      body: new URLSearchParams({ q: 'ä' }),
    });
    expect([answer.status, await answer.json()]).toEqual([201, { a: 1 }]);
    expect(there.received[0]).toMatchObject({
      method: 'POST',
      path: '/x?y=1',
      body: 'q=%C3%A4',
      headers: {
        'x-one': '1',
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        host: `127.0.0.1:${there.port}`,
      },
    });
  });

  it.each(['', '127.0.0.1:1', '10.0.0.0/8'])('asks nobody whom "%s" does not allow', async (allowed) => {
    const there = await opened();
    const failure = await failureOf(guardedFetch({ policy: parseOutboundPolicy(allowed) })(new URL(there.url), {}));
    expect(failure.code).toBe('refused');
    expect(there.received).toEqual([]);
  });

  it('finds out that a name which was public when it was saved leads to this machine when it is used', async () => {
    const there = await opened();
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    const resolve = async (): Promise<string[]> => answers.shift() ?? [];
    const nothing = parseOutboundPolicy('');
    const url = await checkOutboundUrl(`http://rebound.example.com:${there.port}/`, nothing, { resolve });
    const failure = await failureOf(guardedFetch({ policy: nothing, resolve })(url, {}));
    expect(failure.message).toContain('private network');
    expect(there.received).toEqual([]);
  });

  it('connects to the address that it checked, and not to what the name leads to a moment later', async () => {
    const port = await freePort();
    const meant = await opened((response) => response.end('meant'), '127.0.0.2', port);
    const victim = await opened((response) => response.end('victim'), '127.0.0.1', port);
    const answers = [['127.0.0.2'], ['127.0.0.1'], ['127.0.0.1']];
    const resolve = async (): Promise<string[]> => answers.shift() ?? [];
    const fetch = guardedFetch({ policy: parseOutboundPolicy('127.0.0.2'), resolve });
    const answer = await fetch(new URL(`http://rebound.example.com:${meant.port}/`), {});
    expect(await answer.text()).toBe('meant');
    expect(meant.received[0]?.headers.host).toBe(`rebound.example.com:${meant.port}`);
    expect(victim.received).toEqual([]);
    expect(answers).toHaveLength(2);
  });

  it('asks for the certificate of the name at the address that it checked', async () => {
    let greeting = '';
    const server = createServer((socket) => {
      socket.once('data', (data) => {
        greeting = data.toString('latin1');
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fetch = guardedFetch({ policy: local, resolve: async () => ['127.0.0.1'] });
    const url = new URL(`https://hooks.example.com:${(server.address() as AddressInfo).port}/`);
    expect((await failureOf(fetch(url, {}))).code).toBe('unavailable');
    expect(greeting).toContain('hooks.example.com');
    server.close();
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i, wherever it leads', async (status) => {
    const there = await opened((response, { path }) => {
      if (path === '/secret') response.end('secret');
      else response.writeHead(status, { location: '/secret' }).end();
    });
    const failure = await failureOf(guardedFetch({ policy: local })(new URL(there.url), { method: 'POST', body: 'x' }));
    expect([failure.code, failure.message]).toEqual(['refused', expect.stringContaining(`answered ${status}, a redirect`)]);
    expect(there.received).toHaveLength(1);
  });

  it('reads no more than 1 MiB', async () => {
    let stopped = false;
    const there = await opened((response) => {
      response.on('close', () => {
        stopped = true;
      });
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    });
    const failure = await failureOf(guardedFetch({ policy: local })(new URL(there.url), {}));
    expect(failure.message).toContain('more than 1048576 bytes');
    await expect.poll(() => stopped).toBe(true);
  });

  it.each<[string, Receiver['answer']]>([
    ['never answers', () => {}],
    ['never ends', (response) => void response.write('{')],
  ])('gives up at its deadline on a server that %s', async (_, answer) => {
    const clock = manualClock(0);
    const there = await opened(answer);
    const failing = failureOf(guardedFetch({ policy: local, clock, deadlineMs: 5000 })(new URL(there.url), {}));
    await expect.poll(() => there.received.length).toBe(1);
    await clock.advance(5000);
    expect((await failing).message).toBe('no answer within 5000 ms');
  });

  it('gives up at its deadline on a resolver that hangs, and when its caller does', async () => {
    const clock = manualClock(0);
    const resolve = (): Promise<string[]> => new Promise(() => {});
    const fetch = guardedFetch({ policy: local, clock, resolve, deadlineMs: 5000 });
    const failing = failureOf(fetch(new URL('http://slow.example.com/'), {}));
    const abort = new AbortController();
    const given = failureOf(fetch(new URL('http://slow.example.com/'), { signal: abort.signal }));
    abort.abort(new SluiceError('unavailable', 'enough'));
    expect((await given).message).toBe('enough');
    await clock.advance(5000);
    expect((await failing).message).toBe('no answer within 5000 ms');
  });

  it('says so when nobody is there', async () => {
    const there = await opened();
    await open.splice(0)[0]?.close();
    expect((await failureOf(guardedFetch({ policy: local })(new URL(there.url), {}))).code).toBe('unavailable');
  });
});

describe('metric sources over a guarded fetch', () => {
  const range = { flag: 'f', variant: 'on', from: 0, to: 60_000 };
  const clock = manualClock(60_000);

  it('measure where they are allowed to', async () => {
    const there = await opened((response) => sendJson(response, { value: 0.5, samples: 10 }));
    const source = httpJsonSource({
      url: there.url,
      pointer: '/value',
      samples: '/samples',
      clock,
      fetch: guardedFetch({ policy: local }),
    });
    expect(await source.measure({ kind: 'errorRate' }, range)).toMatchObject({ kind: 'value', value: 0.5, samples: 10 });
  });

  it('and are errors, which hold, where they are not', async () => {
    const there = await opened((response) => sendJson(response, { value: 0, samples: 10 }));
    const fetch = guardedFetch({ policy: parseOutboundPolicy('') });
    const sources = [
      httpJsonSource({ url: there.url, pointer: '/value', samples: '/samples', clock, fetch }),
      prometheusSource({ url: there.url, queries: { errorRate: { value: 'a', samples: 'b' } }, clock, fetch }),
    ];
    for (const source of sources) {
      const message = expect.stringContaining('private network');
      expect(await source.measure({ kind: 'errorRate' }, range)).toEqual({ kind: 'error', cause: 'provider', message });
    }
    expect(there.received).toEqual([]);
  });
});
