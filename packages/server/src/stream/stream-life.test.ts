import { DEFAULT_SCOPE, type Snapshot } from '@sluice/core';
import { followStream } from '@sluice/protocol';
import type { Store, StoredState } from 'sluice';
import { afterEach, describe, expect, it } from 'vitest';
import { STAGING, START, type StreamReader, streamWorld } from './stream-world.testing.ts';

type World = Awaited<ReturnType<typeof streamWorld>>;
let world: World;
afterEach(() => world.stop());

const typesOf = (reader: StreamReader): string[] => reader.messages.map(({ type }) => type);
const kill = (key: string) => ({ id: `kill-${key}`, key, act: { type: 'kill' } as const });
/** Resolves when the server knows of so many streams. */
async function connected(count: number): Promise<void> {
  while (world.hub.counts.clients !== count) await new Promise(setImmediate);
}

describe('a stream of refetch events', () => {
  it('says that something changed, by the fingerprint of the definitions, and nothing of what', async () => {
    world = await streamWorld();
    await world.putFlag('canary-flag', { description: 'canary-text', salt: 'canary-salt', enabledUsers: ['canary-user'] });
    const [watcher, reader] = [await world.open('/refetch'), await world.open('/stream')];
    await watcher.until(({ parts }) => parts.length === 2);
    await world.putFlag('canary-flag', { description: 'canary-more', enabledUsers: ['canary-user'] });
    world.hub.impose(DEFAULT_SCOPE, [kill('canary-flag')]);
    await watcher.until(({ parts }) => parts.length === 4);
    await reader.count(3);
    const events = watcher.parts.slice(1);
    const { fingerprint } = await world.hub.definitions(DEFAULT_SCOPE);
    expect(events.at(-1)).toEqual({
      kind: 'event',
      event: 'message',
      data: JSON.stringify({ type: 'refetchEvaluation', etag: `"${fingerprint}"` }),
      id: fingerprint,
    });
    expect(new Set(events.map((part) => part.kind === 'event' && part.id)).size).toBe(3);
    expect(reader.text).toContain('canary');
    expect(watcher.text).not.toContain('canary');
  });

  it('says nothing to who resumes at the present fingerprint, and one event to who does not', async () => {
    world = await streamWorld();
    await world.putFlag('a');
    const { fingerprint } = await world.hub.definitions(DEFAULT_SCOPE);
    const [current, old] = [
      await world.open('/refetch', { 'last-event-id': fingerprint }),
      await world.open('/refetch', { 'last-event-id': 'x.0' }),
    ];
    await old.until(({ parts }) => parts.length === 2);
    await world.putFlag('a');
    await current.until(({ parts }) => parts.length === 2);
    await old.until(({ parts }) => parts.length === 3);
    expect(current.parts.filter(({ kind }) => kind === 'event')).toHaveLength(1);
  });
});

describe('the life of a stream', () => {
  it('has a sign of life each 15 s', async () => {
    world = await streamWorld();
    const [reader, watcher] = [await world.open('/stream'), await world.open('/refetch')];
    await connected(2);
    await world.clock.advance(14_999);
    await world.putFlag('a');
    await reader.count(2);
    expect(typesOf(reader)).toEqual(['snapshot', 'delta']);
    await world.clock.advance(15_001);
    await reader.count(4);
    expect(typesOf(reader)).toEqual(['snapshot', 'delta', 'place', 'place']);
    await watcher.until(({ parts }) => parts.filter(({ kind }) => kind === 'comment').length === 2);
    // It names what the stream has told: nothing is missing here.
    const following = () => reader.messages.reduce<Snapshot | null>(followStream, null);
    expect(following()?.seq).toBe(1);
    world.hub.impose(DEFAULT_SCOPE, [kill('a')]);
    await world.clock.advance(15_000);
    await reader.count(6);
    expect([typesOf(reader).slice(4), following()?.emergencies.length]).toEqual([['emergencies', 'place'], 1]);
  });

  it('ends with the right to it, with its token, and at its greatest age', async () => {
    world = await streamWorld({ maxStreamMs: 100_000 });
    const [expiring, revoked, old] = [
      await world.open(`/refetch?endsAt=${START + 20_000}`),
      await world.open('/stream?holder=other'),
      await world.open('/stream'),
    ];
    await connected(3);
    world.hub.endStreamsOf('other');
    await revoked.ended();
    await connected(2);
    await world.clock.advance(30_000);
    await expiring.ended();
    expect(old.isEnded).toBe(false);
    await world.clock.advance(45_000);
    await old.ended();
    await connected(0);
  });

  it('ends at once when the server stops, with a hint when to come back, and holds no connection', async () => {
    world = await streamWorld();
    // A client that asks to keep its connection is one that a closing server would wait for.
    const headers = { connection: 'keep-alive' };
    const readers = [await world.open('/stream', headers), await world.open('/refetch', headers)];
    expect(readers[0]?.response.headers.connection).toBe('keep-alive');
    await connected(2);
    world.server.keepAliveTimeout = 0;
    const closed = new Promise((resolve) => world.server.close(resolve));
    world.hub.close();
    for (const reader of readers) {
      await reader.ended();
      expect(reader.parts.at(-1)).toEqual({ kind: 'retry', ms: 3_000 });
    }
    await closed;
    expect(world.hub.counts.clients).toBe(0);
  });

  it('is refused by a hub that is closed', async () => {
    world = await streamWorld();
    world.hub.close();
    const reader = await world.open('/stream');
    await reader.ended();
    expect(reader.response.statusCode).toBe(503);
    await expect(world.hub.definitions(DEFAULT_SCOPE)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('forgets a scope that nobody asks for, and reads it again', async () => {
    let reads = 0;
    const counted = (store: Store): StoredState | Promise<StoredState> => {
      reads += 1;
      return store.read();
    };
    world = await streamWorld({}, (store) => ({ read: () => counted(store) }));
    await world.hub.definitions(STAGING);
    const reader = await world.open('/stream');
    await reader.count(1);
    await world.clock.advance(700_000);
    await world.putFlag('a', { scope: STAGING });
    expect((await world.hub.definitions(STAGING)).fingerprint).toMatch(/\.1$/);
    await world.hub.definitions(DEFAULT_SCOPE);
    expect(reads).toBe(3);
  });
});
