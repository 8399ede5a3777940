import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import {
  DEFAULT_SCOPE,
  encodeMemberSet,
  MemberSet,
  memberSetsOf,
  type Segment,
  SegmentMatchers,
  type Snapshot,
} from '@sluice/core';
import { parseSnapshot } from '@sluice/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptedEncoding } from './accepted-encoding.ts';
import { openUnread, STAGING, START, streamWorld } from './stream-world.testing.ts';

let world: Awaited<ReturnType<typeof streamWorld>>;
beforeEach(async () => {
  world = await streamWorld();
});
afterEach(() => world.stop());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}
async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await openUnread(world.port, path, headers);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}
const snapshotIn = ({ body }: Answer): Snapshot => parseSnapshot(body.toString());
const kill = { id: 'e', key: 'a', act: { type: 'kill' } as const };

function largeSegment(members: readonly string[]): Segment {
  const meta = { description: '', tags: [], deletedAt: null, createdAt: START, updatedAt: START };
  return { kind: 'segment', scope: DEFAULT_SCOPE, key: 'all', revision: 1, condition: null, members, ...meta };
}
const MEMBERS = Array.from({ length: 12_000 }, (_, index) => `user-${index}`);

describe('serveSnapshot', () => {
  it('gives the definitions of the scope alone, as a cache may keep them for one token', async () => {
    await world.putFlag('a');
    await world.putFlag('b', { scope: STAGING });
    const answer = await get('/snapshot');
    expect(snapshotIn(answer)).toMatchObject({ seq: 2, scope: DEFAULT_SCOPE, flags: [{ key: 'a' }], segments: [] });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=0, s-maxage=2, stale-while-revalidate=10, stale-if-error=86400',
      vary: 'Authorization, X-API-Key, Accept-Encoding',
    });
    expect(answer.headers.etag).toMatch(/^"[0-9a-f]{16}\.2"$/);
  });

  it('has a strong tag that changes with each commit of the scope and each emergency, and with nothing else', async () => {
    const tag = async (): Promise<string> => String((await get('/snapshot')).headers.etag);
    await world.putFlag('a');
    const tags = [await tag()];
    await world.putFlag('b', { scope: STAGING });
    expect(await tag()).toBe(tags[0]);
    await world.putFlag('a');
    tags.push(await tag());
    world.hub.impose(DEFAULT_SCOPE, [kill]);
    tags.push(await tag(), String((await get('/snapshot?environment=staging')).headers.etag));
    expect(new Set(tags).size).toBe(4);
    world.hub.impose(DEFAULT_SCOPE, []);
    expect(await tag()).toBe(tags[1]);
  });

  it('is not modified for who has it, however packed, weakened by a cache or not', async () => {
    await world.putFlag('a');
    const tag = String((await get('/snapshot')).headers.etag);
    const packed = `${tag.slice(0, -1)}-br"`;
    for (const given of [tag, `W/${tag}`, `"x", ${tag}`, packed, `W/${packed}`, '*']) {
      const answer = await get('/snapshot', { 'if-none-match': given, 'accept-encoding': 'gzip' });
      expect([answer.status, answer.body.length]).toEqual([304, 0]);
      expect(answer.headers).toMatchObject({ etag: `${tag.slice(0, -1)}-gzip"`, vary: expect.stringContaining('Authorization') });
    }
    for (const given of ['', '"x"', tag.slice(1, -1)])
      expect((await get('/snapshot', { 'if-none-match': given })).status).toBe(200);
    await world.putFlag('a');
    expect((await get('/snapshot', { 'if-none-match': tag })).status).toBe(200);
  });

  it('is packed as the client can unpack it, once for all that ask at once', async () => {
    await world.putFlag('a', { description: 'x'.repeat(50_000) });
    const plain = await get('/snapshot');
    const [br, again, gzip] = await Promise.all(
      ['gzip, br', 'gzip, br', 'gzip'].map((given) => get('/snapshot', { 'accept-encoding': given })),
    );
    expect([br, again, gzip].map((answer) => answer?.headers['content-encoding'])).toEqual(['br', 'br', 'gzip']);
    expect(brotliDecompressSync(br?.body ?? '')).toEqual(plain.body);
    expect(gunzipSync(gzip?.body ?? '')).toEqual(plain.body);
    expect(new Set([plain, br, gzip].map((answer) => answer?.headers.etag)).size).toBe(3);
    const encoded = (await world.hub.definitions(DEFAULT_SCOPE)).encoded();
    expect(encoded.packed('br')).toBe(encoded.packed('br'));
    expect((await world.hub.definitions(DEFAULT_SCOPE)).encoded()).toBe(encoded);
  });

  it('is where a stream can go on', async () => {
    await world.putFlag('a');
    const { seq } = snapshotIn(await get('/snapshot'));
    await world.putFlag('b');
    const reader = await world.open(`/stream?after=${seq}`);
    expect(await reader.count(2)).toMatchObject([{ type: 'delta', delta: { flags: [{ key: 'b' }] } }, { type: 'emergencies' }]);
  });
});

describe('acceptedEncoding', () => {
  it('follows what the client weighs at more than nothing', () => {
    const cases = {
      'gzip;q=1, br;q=0': 'gzip',
      GZIP: 'gzip',
      '*': 'br',
      '*;q=0': 'identity',
      'br;q=0, *': 'gzip',
      deflate: 'identity',
    };
    for (const [header, encoding] of Object.entries(cases)) expect(acceptedEncoding(header), header).toBe(encoding);
    expect([undefined, '', ';;,', 'br;q=x'].map((header) => acceptedEncoding(header))).toEqual(Array(4).fill('identity'));
  });
});

describe('a segment of more than 10 000 members', () => {
  it('comes as a set beside the snapshot, by which an SDK says who is in', async () => {
    await world.put(largeSegment(MEMBERS));
    const answer = await get('/snapshot');
    const snapshot = snapshotIn(answer);
    expect(answer.body.includes('user-1')).toBe(false);
    const [name] = memberSetsOf(snapshot.segments);
    if (name === undefined) return expect.fail('no set');
    const set = await get(`/sets/${name.id}`);
    expect(set.headers).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable', etag: `"${name.id}"` });
    expect(set.body.length).toBe(8 * MEMBERS.length);
    const loaded = new MemberSet(name, set.body);
    const matchers = new SegmentMatchers((id) => (id === name.id ? loaded : undefined));
    matchers.apply(snapshot.segments);
    const isIn = (userId: string): boolean => matchers.holderOf('all').matches({ userId });
    expect([MEMBERS.every(isIn), isIn('user-12000'), isIn('')]).toEqual([true, false, false]);
    expect((await get(`/sets/${name.id}`, { 'if-none-match': `"${name.id}"` })).status).toBe(304);
  });

  it('keeps its set when only something else of it changes, and the sets of the last few states', async () => {
    const idOf = (count: number): string => encodeMemberSet(MEMBERS.slice(0, count)).id;
    const statusOf = async (count: number): Promise<number | undefined> => (await get(`/sets/${idOf(count)}`)).status;
    await world.put(largeSegment(MEMBERS.slice(0, 11_000)));
    const before = snapshotIn(await get('/snapshot'));
    await world.put({ ...largeSegment(MEMBERS.slice(0, 11_000).toReversed()), description: 'another' });
    const after = snapshotIn(await get('/snapshot'));
    expect(memberSetsOf(after.segments)).toEqual(memberSetsOf(before.segments));
    for (let more = 1; more <= 9; more++) await world.put(largeSegment(MEMBERS.slice(0, 11_000 + more)));
    expect(await Promise.all([11_009, 11_008, 11_001, 11_000].map(statusOf))).toEqual([200, 200, 200, 404]);
    const missing = await get(`/sets/${idOf(11_000)}`);
    expect(JSON.parse(missing.body.toString())).toMatchObject({
      status: 404,
      detail: expect.stringContaining('load the snapshot'),
    });
  });
});
