import { EventStreamDecoder, type StreamPart } from '@sluice/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { E, type World, world } from './world.testing.ts';

let at: World;
const open: Following[] = [];
beforeEach(async () => {
  at = await world();
  await at.sluice.flags.setFlag('a', { enabled: true, rolloutPercentage: 5 });
});
afterEach(async () => {
  for (const stream of open.splice(0)) await stream.end();
  await at.close();
});

interface Following {
  readonly status: number;
  /** Resolves with the next event, or null at the stream's end. */
  next(): Promise<Extract<StreamPart, { kind: 'event' }> | null>;
  end(): Promise<void>;
}

async function follow(path: string, token: string | null, headers: Record<string, string> = {}): Promise<Following> {
  const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${at.url}${path}`, { headers: { ...bearer, ...headers } });
  const reader = answer.body?.getReader();
  const decoder = new EventStreamDecoder();
  const told: StreamPart[] = [];
  const stream: Following = {
    status: answer.status,
    next: async () => {
      for (;;) {
        const part = told.shift();
        if (part?.kind === 'event') return part;
        if (part !== undefined) continue;
        const chunk = await reader?.read().catch(() => undefined);
        if (chunk === undefined || chunk.done) return null;
        told.push(...decoder.push(chunk.value));
      }
    },
    end: async () => reader?.cancel().catch(() => {}),
  };
  open.push(stream);
  return stream;
}

const bulk = (headers: Record<string, string> = {}, query = '') =>
  at.ask('POST', `/ofrep/v1/evaluate/flags${query}`, { as: 'client', body: { context: { targetingKey: 'ann' } }, headers });

describe('the stream of definitions', () => {
  it('begins with a snapshot, goes on with what changes, and resumes after the last event', async () => {
    const stream = await follow('/api/v1/stream', at.secrets.server);
    expect(stream.status).toBe(200);
    const snapshot = await stream.next();
    expect([snapshot?.event, snapshot?.data]).toEqual(['snapshot', expect.stringContaining('"a"')]);
    await at.sluice.flags.setFlag('b', { enabled: true });
    const delta = await stream.next();
    expect([delta?.event, delta?.data]).toEqual(['delta', expect.stringContaining('"b"')]);
    await at.sluice.flags.setFlag('c', { enabled: true });
    const resumed = await follow('/api/v1/stream', at.secrets.server, { 'last-event-id': delta?.id ?? '' });
    const next = await resumed.next();
    expect([next?.event, next?.data]).toEqual(['delta', expect.stringContaining('"c"')]);
  });

  it('is for server tokens and people of the project, never for a client token', async () => {
    for (const path of ['/api/v1/stream', '/api/v1/snapshot', `${E}/stream`, `${E}/snapshot`]) {
      const { status, text } = await at.ask('GET', path, { as: 'client' });
      expect([status, text.includes('"a"')], path).toEqual([403, false]);
    }
    expect((await follow(`${E}/stream`, at.secrets.viewer)).status).toBe(200);
    expect((await at.ask('GET', `${E}/stream`, { as: 'foreign' })).status).toBe(404);
  });

  it('ends when its token is taken back', async () => {
    const stream = await follow('/api/v1/stream', at.secrets.server);
    await stream.next();
    const principal = at.principals.server;
    if (principal.kind !== 'token') throw new Error('the caller is no token');
    await at.workspace.access.revokeToken(principal.id, { principal: at.principals.admin, reason: 'leaked' });
    expect(await stream.next()).toBeNull();
    expect((await at.ask('GET', '/api/v1/stream', { as: 'server' })).status).toBe(401);
  });

  it('ends with the server, which waits for no stream', async () => {
    const stream = await follow('/api/v1/stream', at.secrets.server);
    await stream.next();
    await at.app.http.close();
    expect(await stream.next()).toBeNull();
  });
});

describe('the snapshot', () => {
  it('is named by a strong tag, which changes with what it names', async () => {
    const first = await at.ask('GET', '/api/v1/snapshot', { as: 'server' });
    const tag = first.headers.get('etag') ?? '';
    expect([first.status, tag]).toEqual([200, expect.stringMatching(/^"[^"]+"$/)]);
    expect((await at.ask('GET', '/api/v1/snapshot', { as: 'server', headers: { 'if-none-match': tag } })).status).toBe(304);
    await at.sluice.flags.disableFlag('a', { reason: 'it burns' });
    expect((await at.ask('GET', '/api/v1/snapshot', { as: 'server', headers: { 'if-none-match': tag } })).status).toBe(200);
  });
});

describe('the stream of refetch events', () => {
  const endpoint = async (): Promise<string> => {
    const { body } = await bulk();
    const [stream] = body.eventStreams as { endpoint: { requestUri: string } }[];
    return stream?.endpoint.requestUri ?? '';
  };

  it('is told of in the bulk answer, needs no header, and says what a client is to be up to date with', async () => {
    const stream = await follow(await endpoint(), null);
    expect(stream.status).toBe(200);
    // A new client is told of what is now, since that may have changed after it was answered.
    await stream.next();
    await at.sluice.flags.setRolloutPercentage('a', 100);
    const event = await stream.next();
    const { type, etag } = JSON.parse(event?.data ?? '{}') as { type: string; etag: string };
    expect([event?.event, type]).toEqual(['message', 'refetchEvaluation']);
    const query = `?flagConfigEtag=${encodeURIComponent(etag)}`;
    const answer = await bulk({}, query);
    expect(answer.text).toContain('"value":true');
    const known = answer.headers.get('etag') ?? '';
    expect((await bulk({ 'if-none-match': known }, query)).status).toBe(304);
    expect((await bulk({ 'if-none-match': known }, '?flagConfigEtag=%22another%22')).status).toBe(200);
  });

  it('takes no grant that was not given, and what grants it is never logged', async () => {
    const path = await endpoint();
    const grant = new URL(path, at.url).searchParams.get('token') ?? '';
    await follow(path, null);
    expect((await fetch(`${at.url}${path}x`)).status).toBe(401);
    expect((await fetch(`${at.url}${path.split('?')[0]}`)).status).toBe(401);
    expect(grant.length).toBeGreaterThan(20);
    expect(at.log.join('\n')).not.toContain(grant.slice(0, 20));
  });
});

describe('the stream of changes', () => {
  const next = async (stream: Following) => {
    const part = await stream.next();
    return [part?.event, JSON.parse(part?.data ?? 'null')];
  };

  it('names what changed in the environment and its project, of every kind, and never what is in it', async () => {
    const stream = await follow(`${E}/changes`, at.secrets.viewer);
    expect(await next(stream)).toEqual(['resync', {}]);
    await at.sluice.flags.setFlag('a', { description: 'not for the stream' });
    expect(await next(stream)).toEqual(['changes', { seq: expect.any(Number), records: [{ kind: 'flag', key: 'a' }] }]);
    await at.workspace.environment('shop', 'staging').flags.setFlag('a', { rolloutPercentage: 7 });
    await at.workspace.environment('other', 'production').flags.setFlag('elsewhere', {});
    await at.sluice.rollouts.startRollout('a', { strategy: 'canary', unvalidated: true, startApproval: true });
    const [, { records }] = await next(stream);
    expect(records).toContainEqual({ kind: 'rollout', key: 'a' });
    await at.workspace.projects.rename('shop', 'The shop');
    expect((await next(stream))[1].records).toEqual([{ kind: 'project', key: 'shop' }]);
  });

  it('is for people who may read the history, and for no token of an SDK', async () => {
    for (const as of [at.secrets.server, at.secrets.client]) expect((await follow(`${E}/changes`, as)).status).toBe(403);
    expect((await follow(`${E}/changes`, null)).status).toBe(401);
  });
});
