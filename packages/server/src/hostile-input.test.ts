import { connect } from 'node:net';
import { ROUTE_IDS, routeOf } from '@sluice/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { E, type World, world } from './world.testing.ts';

let at: World;
beforeAll(async () => {
  at = await world({ requestsPerMinute: 1_000_000 });
  await at.sluice.flags.setFlag('f', { enabled: true });
});
afterAll(() => at.close());

const patch = (sent: object) => at.ask('PATCH', `${E}/flags/f`, sent);
const RUNS = process.env.SLUICE_SOAK === undefined ? 300 : 20_000;

/** What was written to a socket as it stands, and the status line of the answer. */
function raw(text: string): Promise<string> {
  const { port } = new URL(at.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      answer += part;
      if (answer.includes('\r\n')) socket.destroy();
    });
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? '')).on('error', reject);
  });
}

describe('hostile requests', () => {
  it('are taken as JSON in UTF-8, or not at all', async () => {
    const text = '{"settings":{"rolloutPercentage":50}}';
    const good = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;charset="UTF-8"'];
    for (const type of good) expect((await patch({ text, headers: { 'content-type': type } })).status, type).toBe(200);
    const bad = [
      'text/plain',
      'application/json\ta',
      'application/json a',
      'application/json; charset=utf-7',
      'application/json;charset=utf-8;x=y',
      'application/jsonx',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/vnd.api+json',
      'application/json, text/plain',
      '',
    ];
    for (const type of bad) expect((await patch({ text, headers: { 'content-type': type } })).status, type).toBe(415);
    expect((await patch({ text, headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  });

  it('have one meaning: names that come twice, or are prototypes, are refused', async () => {
    for (const text of [
      '{"settings":{"description":"a","description":"b"}}',
      '{"settings":{"description":"a","descripti\\u006fn":"b"}}',
      '{"settings":{"__proto__":{"rolloutPercentage":100}}}',
      '{"settings":{"\\u005f_proto__":{}}}',
      '{"__proto__":{"settings":{}},"settings":{}}',
    ]) {
      const { status, body } = await patch({ text });
      expect([text, status, body.code]).toEqual([text, 400, 'invalid']);
    }
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'prototype']) {
      const variants = { off: false, [name]: true };
      const { status, body } = await at.ask('PATCH', `${E}/flags/named-${name}`, {
        body: { settings: { variants, onVariant: name } },
      });
      expect([status, body.onVariant]).toEqual([200, name]);
    }
    expect(({} as Record<string, unknown>).rolloutPercentage).toBeUndefined();
  });

  it('are bounded in size, depth and length', async () => {
    const large = await patch({ text: `{"settings":{"description":"${'x'.repeat(1_048_576)}"}}` });
    expect([large.status, large.body.code]).toEqual([413, 'invalid']);
    const deep = await patch({ text: `{"settings":{"variants":{"off":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}` });
    expect([deep.status, deep.body.detail]).toEqual([400, 'the body is nested deeper than 64 levels']);
    expect((await at.ask('GET', `${E}/flags/${'x'.repeat(1025)}`)).status).toBe(400);
    expect((await at.ask('GET', `${E}/flags/${'x'.repeat(20_000)}`)).status).toBeGreaterThanOrEqual(400);
    expect((await patch({ body: { settings: {} }, headers: { 'idempotency-key': 'x'.repeat(256) } })).status).toBe(400);
    const header = await raw(`GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`);
    expect(header).toContain('431');
  });

  it('are refused where bytes are no UTF-8, no path, or no HTTP', async () => {
    expect((await patch({ text: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) })).status).toBe(400);
    expect((await at.ask('GET', `${E}/flags/%ff`)).status).toBe(400);
    expect((await at.ask('GET', `${E}/flags/%`)).status).toBe(400);
    expect(await raw('GET / HTTP/9.9\r\n\r\n')).toContain('400');
    expect(await raw('POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n')).toContain(
      '400',
    );
  });

  it('are refused with what is not asked for', async () => {
    const { status, body } = await patch({ body: { settings: {}, extra: 1 } });
    expect([status, body.issues]).toMatchObject([400, [{ message: expect.stringContaining('extra') }]]);
    expect((await at.ask('GET', `${E}/flags?extra=1`)).status).toBe(400);
    expect((await at.ask('GET', `${E}/flags?limit=0`)).status).toBe(400);
    expect((await at.ask('GET', `${E}/flags?limit=NaN`)).status).toBe(400);
    const bodied = await at.ask('DELETE', `${E}/flags/f/users/ann`, { body: { reason: 'x' } });
    expect([bodied.status, bodied.body.detail]).toMatchObject([400, expect.stringContaining('takes no body')]);
  });

  it('never crash it, whatever is sent where', async () => {
    const routes = ROUTE_IDS.map(routeOf);
    const hostile = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', '', '\u0000', '\ud800', '..', '%', '💥', 'x'.repeat(3000)),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constant({ settings: { rules: [{}], split: [[]] } }),
      fc.constant({ unit: [], at: {} }),
    );
    const bodies = fc.dictionary(
      fc.constantFrom(
        'settings',
        'reason',
        'flag',
        'percentage',
        'unit',
        'document',
        'changes',
        'observations',
        'tallies',
        'context',
      ),
      value,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.array(hostile, { minLength: 3, maxLength: 3 }),
        bodies,
        async (route, names, body) => {
          const path = route.path
            .replace(':project', 'shop')
            .replace(':environment', 'production')
            .replace(/:\w+/g, () => encodeURIComponent(Buffer.from(names.pop() ?? 'f').toString()));
          const { status } = await at.ask(route.method, path, route.method === 'GET' ? {} : { body });
          expect(status, `${route.method} ${path} ${JSON.stringify(body)}`).toBeLessThan(500);
        },
      ),
      { numRuns: RUNS },
    );
    expect((await at.ask('GET', '/healthz', { as: null })).status).toBe(200);
  });
});
