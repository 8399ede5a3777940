/** What guards the framework's way guards the short one: each is asked in both ways, with the same outcome. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastGoodStore, memoryStore } from 'sluice';
import { afterEach, describe, expect, it } from 'vitest';
import type { AppOptions } from '../app.ts';
import type { ServedStore } from '../break-glass/served-store.ts';
import type { Settings } from '../settings.ts';
import { READING_LIMITS } from '../stalled-readers.ts';
import { E, PASSWORD, SCOPE, type World, world } from '../world.testing.ts';
import { asked, type Seen, type Sent } from './both-ways.testing.ts';

const ALL = '/ofrep/v1/evaluate/flags';
const ONE = `${ALL}/f`;

let at: World;
let sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await at.close();
});

async function begin(changes: Partial<Settings> = {}, more: Partial<AppOptions> = {}): Promise<void> {
  at = await world(changes, more);
  await at.sluice.flags.setFlag('f', { enabled: true });
}

const sent = (
  path: string,
  headers: Readonly<Record<string, string>> = {},
  text = '{"context":{"targetingKey":"ann"}}',
): Sent => ({
  path,
  text,
  headers: { 'content-type': 'application/json', authorization: `Bearer ${at.secrets.server}`, ...headers },
});
const shortly = (given: Sent): Promise<Seen> => asked(at, given, false);
const byFramework = (given: Sent): Promise<Seen> => asked(at, given, true);

async function expectSame(given: Sent): Promise<Seen> {
  const { isByFramework, ...short } = await shortly(given);
  const { isByFramework: _, ...long } = await byFramework(given);
  expect(short).toEqual(long);
  return { ...short, isByFramework };
}

/** What comes back on a connection of its own, on which this is written. */
function opened(...written: readonly string[]): {
  readonly socket: Socket;
  readonly told: () => string;
  readonly isOver: () => boolean;
} {
  const socket = connect(Number(new URL(at.url).port), '127.0.0.1');
  let [told, isOver] = ['', false];
  socket.setEncoding('utf8').on('data', (part: string) => {
    told += part;
  });
  socket
    .on('error', () => {})
    .on('close', () => {
      isOver = true;
    });
  for (const part of written) socket.write(part);
  sockets.push(socket);
  return { socket, told: () => told, isOver: () => isOver };
}

const head = (length: number | string, path = ONE, more = ''): string =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${at.secrets.server}\r\ncontent-type: application/json\r\n${more}content-length: ${length}\r\n\r\n`;
const connections = (): Promise<number> =>
  new Promise((resolve, reject) => {
    at.app.http.server.getConnections((problem, count) => (problem === null ? resolve(count) : reject(problem)));
  });
const BODY = '{"context":{"targetingKey":"ann"}}';

describe('a caller', () => {
  it('has one window for both ways, in which what could not be read counts as well, and as one', async () => {
    await begin({ requestsPerMinute: 4 });
    const outcomes = [
      await shortly(sent(ONE)),
      await byFramework(sent(ONE)),
      await shortly(sent(ONE, {}, '{')),
      await shortly(sent(ALL)),
      await shortly(sent(ONE)),
      await byFramework(sent(ONE)),
    ];
    expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 400, 200, 429, 429]);
    expect(outcomes[4]).toEqual(outcomes[5]);
  });

  it('who asks much at once is answered no more often than the window has room', async () => {
    await begin({ requestsPerMinute: 3 });
    const parts = Array.from({ length: 8 }, () => opened(head(BODY.length, ONE, 'expect: 100-continue\r\n')));
    await expect.poll(() => parts.every(({ told }) => told().includes('100 Continue'))).toBe(true);
    for (const { socket } of parts) socket.write(BODY);
    await expect.poll(() => parts.every(({ told }) => /HTTP\/1\.1 (200|429)/.test(told()))).toBe(true);
    expect(parts.filter(({ told }) => told().includes('200 OK')).length).toBe(3);
  });

  it('who has asked too often is told so before the body is there', async () => {
    await begin({ requestsPerMinute: 1 });
    await shortly(sent(ONE));
    await expect.poll(opened(head(BODY.length)).told).toContain('429');
  });

  it('who comes by a cookie, or whose token was taken back, does not come by the short way', async () => {
    await begin();
    const login = await at.ask('POST', '/api/v1/session', {
      as: null,
      body: { email: 'viewer@example.org', password: PASSWORD },
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const named = { cookie, 'x-sluice-environment': 'shop/production' };
    for (const from of [{ 'sec-fetch-site': 'same-origin' }, { origin: 'file://' }, { origin: 'https://evil.example' }]) {
      const { authorization: _, ...headers } = sent(ONE, { ...named, ...from }).headers;
      const seen = await expectSame({ ...sent(ONE), headers });
      expect([seen.status, seen.isByFramework]).toEqual('origin' in from ? [403, false] : [200, true]);
    }
    const taken = at.secrets.server.split('_')[2] as string;
    await at.workspace.access.revokeToken(taken, { principal: { kind: 'system' } });
    expect((await expectSame(sent(ONE))).status).toBe(401);
  });

  it('behind a proxy that is believed stands in the log by the address that it names', async () => {
    await begin({ trustedProxies: 1 });
    const { log } = await expectSame(sent(ONE, { 'x-forwarded-for': '9.9.9.9, 1.2.3.4' }));
    expect(JSON.stringify(log)).toContain('1.2.3.4');
  });
});

describe('a server', () => {
  it('that shuts down answers whom it has let in, closes their connection, and refuses who comes then', async () => {
    await begin();
    const early = opened(head(BODY.length, ONE, 'expect: 100-continue\r\n'));
    await expect.poll(early.told).toContain('100 Continue');
    at.app.lifecycle.endStreams();
    early.socket.write(BODY);
    await expect.poll(early.isOver).toBe(true);
    expect(early.told()).toMatch(/HTTP\/1\.1 200 OK.*\r\nconnection: close\r\n/s);
    const late = await expectSame(sent(ONE));
    expect([late.status, late.headers.includes('retry-after')]).toEqual([503, true]);
  });

  it('whose store is away says of when it is what it answers', async () => {
    const kept = lastGoodStore({ store: memoryStore(), file: join(tmpdir(), 'sluice-never-written.json'), source: 'memory' });
    const { takesWrites, commits, heardAllAt } = kept;
    const staleness = { asOf: Date.UTC(2027, 0, 1), isFromFile: false } as ServedStore['staleness'];
    await begin({}, { store: { staleness, takesWrites, commits, heardAllAt } });
    const { headers, isByFramework } = await expectSame(sent(ONE));
    expect([headers[headers.indexOf('sluice-served-as-of') + 1], isByFramework]).toEqual(['2027-01-01T00:00:00.000Z', false]);
  });

  it('answers a kill at once, and bulk with another tag', async () => {
    await begin();
    const before = await expectSame(sent(ALL));
    const token = readFileSync(at.breakGlassToken.path, 'utf8').trim();
    const body = { ...SCOPE, flag: 'f', reason: 'errors', actor: 'ann' };
    expect((await at.ask('POST', '/api/v1/break-glass/kill', { as: token, body })).status).toBe(200);
    expect((await expectSame(sent(ONE))).text).toContain('DISABLED');
    const etag = before.headers[before.headers.indexOf('etag') + 1] as string;
    expect((await expectSame(sent(ALL, { 'if-none-match': etag }))).status).toBe(200);
  });
});

describe('a body', () => {
  it('of which more is said than there may be is not read, and one that breaks off changes nothing', async () => {
    await begin();
    const count = async (): Promise<number> => (await at.sluice.flags.getFlagStats('f')).evaluations;
    const before = await count();
    const large = opened(head(2_000_000));
    await expect.poll(large.told).toContain('413');
    const broken = opened(head(9_999), '{"context":');
    await expect.poll(() => broken.socket.bytesWritten).toBeGreaterThan(100);
    broken.socket.destroy();
    expect((await shortly(sent(ONE))).status).toBe(200);
    expect(await count()).toBe(before + 1);
  });

  it('that breaks off is told of in the log as the framework tells of it', async () => {
    await begin();
    const chunked = head(0).replace('content-length: 0', 'transfer-encoding: chunked');
    const told: unknown[] = [];
    for (const [begun, part] of [
      [head(9_999), '{"context":'],
      [chunked, 'b\r\n{"context":\r\n'],
    ] as const) {
      const from = at.log.length;
      const { socket } = opened(begun.replace('\r\n\r\n', '\r\nexpect: 100-continue\r\n\r\n'));
      await expect.poll(() => socket.bytesRead).toBeGreaterThan(0);
      socket.write(part, () => socket.destroy());
      await expect.poll(() => at.log.slice(from).join('')).toContain('incoming request');
      // Whatever else is said of it is said by then.
      await expect.poll(() => connections()).toBe(0);
      told.push(at.log.slice(from).map((line) => (JSON.parse(line) as { msg: string }).msg));
    }
    expect(told[0]).toEqual(told[1]);
  });

  it('may come in many pieces, with others behind it on the same connection, which are answered in their order', async () => {
    await begin();
    await at.sluice.flags.setFlag('g', { enabled: true });
    const asks = [ONE, `${ALL}/g`, `${ALL}/none`, `${ONE}?x=1`, ALL].map((path) => `${head(BODY.length, path)}${BODY}`).join('');
    const { told } = opened(...(asks.match(/.{1,100}/gs) ?? []));
    await expect.poll(() => told().match(/HTTP\/1\.1 \d+/g)?.length).toBe(5);
    const order = [...told().matchAll(/"key":"(\w+)"|"(flags)":/g)].map(([, key, flags]) => key ?? flags);
    expect(order.slice(0, 3)).toEqual(['f', 'g', 'none']);
  });
});

it('an answer that is large is given in pieces, and whoever does not read it is cut off', async () => {
  await begin({}, { reading: { ...READING_LIMITS, windowMs: 1_000, checkMs: 30 } });
  const value = 'x'.repeat(60_000);
  for (let index = 0; index < 120; index++)
    await at.sluice.flags.setFlag(`large-${index}`, { enabled: true, variants: { off: 'no', on: `${index}${value}` } });
  const seen = await expectSame(sent(ALL));
  expect([seen.status, seen.isByFramework, seen.text.length > 7_000_000]).toEqual([200, false, true]);
  const stalled = connect(Number(new URL(at.url).port), '127.0.0.1');
  sockets.push(stalled);
  stalled.on('error', () => {});
  for (let times = 0; times < 3; times++) stalled.write(`${head(BODY.length, ALL)}${BODY}`);
  await expect.poll(async () => (await at.ask('GET', '/metrics')).text).toMatch(/sluice_http_stalled_readers_total [1-9]/);
  expect((await at.ask('GET', `${E}/flags`)).status).toBe(200);
});
