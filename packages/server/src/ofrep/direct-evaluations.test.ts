/** The short way to an evaluation: nobody can tell it from the framework's, and nobody comes by it who would be refused there. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type World, world } from '../world.testing.ts';
import { asked, type Seen, type Sent } from './both-ways.testing.ts';

const ALL = '/ofrep/v1/evaluate/flags';
const RUNS = 150;

let at: World;
beforeAll(async () => {
  at = await world();
  const { flags } = at.sluice;
  await flags.setFlag('all', { enabled: true });
  await flags.setFlag('half', { enabled: true, rolloutPercentage: 50 });
  await flags.setFlag('killed', { enabled: false });
  await flags.setFlag('german', { enabled: true, conditions: { country: 'de' } });
  await flags.setFlag('list.of-1', { enabled: true, variants: { off: null, on: [1, 'ü', { a: '😀' }] } });
});
afterAll(() => at.close());

const token = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
const plain = (context: unknown, more: Readonly<Record<string, string>> = {}): Omit<Sent, 'path'> => ({
  text: JSON.stringify({ context }),
  headers: { 'content-type': 'application/json', ...token(at.secrets.server), ...more },
});

/** Both ways, and what must be the same of them. */
async function both(sent: Sent): Promise<{ readonly short: Seen; readonly long: Seen }> {
  const short = await asked(at, sent, false);
  const long = await asked(at, sent, true);
  const { isByFramework: _short, ...seen } = short;
  const { isByFramework: _long, ...expected } = long;
  expect(seen).toEqual(expected);
  return { short, long };
}

const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('all', 'half', 'killed', 'german', 'list.of-1') },
  fc.constantFrom('none', '..', '__proto__', 'a%20b', 'a/b', 'x'.repeat(300), '', 'all?x=1', 'all#x', 'ALL', 'all;x'),
);
const path = fc.oneof(
  key.map((name) => `${ALL}/${name}`),
  fc.constantFrom(ALL, `${ALL}?flagConfigEtag=x`, `${ALL}?flagConfigLastModified=1767225600`, `${ALL}/`, `${ALL}x`),
);
const context = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        targetingKey: fc.oneof(fc.string(), fc.constantFrom('ann', 'x'.repeat(2000)), fc.integer()),
        country: fc.constantFrom('de', 'fr', 7),
        groups: fc.oneof(fc.array(fc.string(), { maxLength: 3 }), fc.constant('beta')),
        sluice: fc.constantFrom({ exposure: false }, { exposure: true }, 7),
        more: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  },
  fc.constantFrom(7, null, []),
);
const body = fc.oneof(
  { weight: 6, arbitrary: context.map((given) => JSON.stringify({ context: given })) },
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '{"context":{},"context":{}}',
    '{"context":{"__proto__":{}}}',
    `${'['.repeat(70)}${']'.repeat(70)}`,
  ),
);
const contentType = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON ; charset=utf-8 ',
    'application/json; charset=latin1',
    'application/json;',
    'text/plain',
    'application/jsonx',
  ),
);
const caller = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('server', 'client') },
  fc.constantFrom('admin', 'viewer', 'foreign', 'wrong', 'nobody'),
);
const more = fc.record(
  {
    'if-none-match': fc.constantFrom('*', '"x"', 'W/"x"'),
    'x-sluice-environment': fc.constantFrom('shop/production', 'shop/nowhere', 'other/production', 'x'),
    'content-encoding': fc.constantFrom('identity', 'gzip'),
    'if-match': fc.constant('"1"'),
    origin: fc.constant('https://shop.example'),
    cookie: fc.constant('sluice_session=x.y'),
    'x-forwarded-for': fc.constant('1.2.3.4'),
    'x-api-key': fc.constant('sl_no'),
    connection: fc.constantFrom('close', 'keep-alive'),
    expect: fc.constant('100-continue'),
  },
  { requiredKeys: [] },
);

describe('the short way', () => {
  it('answers what the framework answers: status, headers, body and log, whatever is asked', async () => {
    await fc.assert(
      fc.asyncProperty(path, body, contentType, caller, more, async (to, text, type, who, headers) => {
        const secret = (at.secrets as Record<string, string>)[who] ?? 'sl_server_nobody';
        const sent = { 'content-type': type, ...(who === 'nobody' ? {} : token(secret)), ...headers };
        const before = await counted();
        await both({ path: to, text, headers: sent });
        const grown = [...(await counted())].map(([series, count]) => count - (before.get(series) ?? 0)).filter((by) => by > 0);
        expect(grown).toEqual([2]);
      }),
      { numRuns: RUNS },
    );
  });

  it('is the one that plain requests come by, and nothing that is refused or odd', async () => {
    const one = await both({ path: `${ALL}/half`, ...plain({ targetingKey: 'ann' }) });
    const all = await both({ path: ALL, ...plain({ targetingKey: 'ann' }) });
    expect([one, all].map(({ short, long }) => [short.status, short.isByFramework, long.isByFramework])).toEqual([
      [200, false, true],
      [200, false, true],
    ]);
    const etag = all.short.headers[all.short.headers.indexOf('etag') + 1] as string;
    const same = await both({ path: ALL, ...plain({ targetingKey: 'ann' }, { 'if-none-match': etag }) });
    expect([same.short.status, same.short.text, same.short.isByFramework]).toEqual([304, '', false]);
    const odd = [
      { path: `${ALL}/half?x=1`, ...plain({}) },
      { path: `${ALL}/half`, ...plain({}, { authorization: 'Bearer sl_no' }) },
      { path: `${ALL}/half`, ...plain({}, { 'content-encoding': 'gzip' }) },
    ];
    for (const sent of odd) {
      const { short, long } = await both(sent);
      expect([short.isByFramework, short.status]).toEqual([long.isByFramework, long.status]);
    }
  });

  it('counts an evaluation and its exposure once, and none where the context says so', async () => {
    const count = async (): Promise<number> => (await at.sluice.flags.getFlagStats('all')).evaluations;
    const ask = (context: unknown): Promise<Seen> => asked(at, { path: `${ALL}/all`, ...plain(context) }, false);
    const before = await count();
    await ask({ targetingKey: 'ann' });
    await ask({ targetingKey: 'ann', sluice: { exposure: false } });
    expect(await count()).toBe(before + 1);
  });
});

/** Requests counted, by route and status. */
async function counted(): Promise<Map<string, number>> {
  const { text } = await at.ask('GET', '/metrics');
  const lines = text.matchAll(
    /^sluice_http_request_duration_seconds_count\{(route="[^"]*",method="POST",status="\d+")\} (\d+)$/gm,
  );
  return new Map([...lines].map(([, series = '', count]) => [series, Number(count)]));
}
