import { DEFAULT_SCOPE } from '@sluice/core';
import type { Store, StoredState } from 'sluice';
import { afterEach, describe, expect, it } from 'vitest';
import { STAGING, START, streamWorld } from './stream-world.testing.ts';

type World = Awaited<ReturnType<typeof streamWorld>>;
let world: World;
afterEach(() => world.stop());

const kill = (key: string) => ({ id: `kill-${key}`, key, act: { type: 'kill' } as const });
/** Resolves when the server knows of so many streams. */
async function connected(count: number): Promise<void> {
  while (world.hub.counts.clients !== count) await new Promise(setImmediate);
}

describe('a stream of definitions', () => {
  it('begins with a snapshot and goes on with each commit of its scope alone', async () => {
    world = await streamWorld();
    await world.putFlag('a');
    const reader = await world.open('/stream');
    await reader.count(1);
    await world.putFlag('b', { scope: STAGING });
    await world.putFlag('b');
    await world.putFlag('a', { archivedAt: START });
    expect(await reader.count(3)).toMatchObject([
      { type: 'snapshot', snapshot: { seq: 1, scope: DEFAULT_SCOPE, flags: [{ key: 'a', revision: 1 }], emergencies: [] } },
      { type: 'delta', delta: { seq: 3, after: 1, flags: [{ key: 'b' }] } },
      { type: 'delta', delta: { seq: 4, after: 3, flags: [{ key: 'a', archivedAt: START }] } },
    ]);
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
    });
    expect(reader.parts[0]).toEqual({ kind: 'retry', ms: 3_000 });
    expect(reader.parts[1]).toMatchObject({ kind: 'event', id: '1' });
  });

  it('goes on where a client stopped, by Last-Event-ID or by ?after, without a snapshot', async () => {
    world = await streamWorld();
    await world.putFlag('a');
    await (await world.open('/stream')).count(1);
    for (const key of ['b', 'c', 'd']) await world.putFlag(key);
    const byHeader = await world.open('/stream', { 'last-event-id': '2' });
    const byQuery = await world.open('/stream?after=2');
    for (const reader of [byHeader, byQuery])
      expect(await reader.count(3)).toMatchObject([{ delta: { seq: 3 } }, { delta: { seq: 4 } }, { type: 'emergencies' }]);
    const current = await world.open('/stream', { 'last-event-id': '4' });
    expect(await current.count(1)).toEqual([{ type: 'emergencies', emergencies: [] }]);
    expect(world.hub.counts.resumed).toBe(3);
  });

  it('gives one snapshot to a client whose place is forgotten, by number of commits or by bytes', async () => {
    for (const limits of [{ ringFrames: 2 }, { ringBytes: 3_000 }]) {
      world = await streamWorld(limits);
      await world.putFlag('a');
      await (await world.open('/stream')).count(1);
      for (let count = 0; count < 6; count++) await world.putFlag('b', { description: 'x'.repeat(500) });
      const old = await world.open('/stream', { 'last-event-id': '1' });
      expect(await old.count(2)).toMatchObject([
        { type: 'resync', reason: 'tooOld' },
        { type: 'snapshot', snapshot: { seq: 7 } },
      ]);
      const recent = await world.open('/stream', { 'last-event-id': '5' });
      expect(await recent.count(3)).toMatchObject([{ delta: { seq: 6 } }, { delta: { seq: 7 } }, { type: 'emergencies' }]);
      await world.stop();
    }
  });

  it('takes a place that this log has not reached for one of another log, once the store has nothing newer', async () => {
    let refreshed = 0;
    const refresh = async (): Promise<void> => {
      refreshed += 1;
    };
    world = await streamWorld({}, () => ({ refresh }));
    await world.putFlag('a');
    const reader = await world.open('/stream', { 'last-event-id': '500' });
    expect(await reader.count(2)).toMatchObject([{ type: 'resync', reason: 'otherLog' }, { snapshot: { seq: 1 } }]);
    expect(refreshed).toBe(1);
  });

  it('takes a place that is none for a client that has nothing', async () => {
    world = await streamWorld();
    for (const id of ['x', '-1', '1e3', '9'.repeat(30), ' ']) {
      const reader = await world.open('/stream', { 'last-event-id': id });
      expect(await reader.count(1)).toMatchObject([{ type: 'snapshot' }]);
    }
  });

  it('loses no commit that comes while the scope is being read, and says none twice', async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const readSlowly = async (store: Store): Promise<StoredState> => {
      const before = await store.read();
      await gate;
      return before;
    };
    world = await streamWorld({}, (store) => ({ read: () => readSlowly(store) }));
    await world.putFlag('a');
    const opening = world.open('/stream');
    await connected(1);
    await world.putFlag('b');
    go();
    const reader = await opening;
    expect(await reader.count(1)).toMatchObject([{ snapshot: { seq: 2, flags: [{ key: 'a' }, { key: 'b' }] } }]);
  });

  it('tells at once of what stands in an emergency, in the snapshot, and to who resumes, until the store has it', async () => {
    world = await streamWorld();
    await world.putFlag('a');
    const reader = await world.open('/stream');
    await reader.count(1);
    world.hub.impose(DEFAULT_SCOPE, [kill('a')]);
    expect((await reader.count(2))[1]).toEqual({ type: 'emergencies', emergencies: [kill('a')] });
    expect(await (await world.open('/stream')).count(1)).toMatchObject([{ snapshot: { seq: 1, emergencies: [kill('a')] } }]);
    const resumed = await world.open('/stream', { 'last-event-id': '1' });
    expect(await resumed.count(1)).toEqual([{ type: 'emergencies', emergencies: [kill('a')] }]);
    world.hub.impose(DEFAULT_SCOPE, []);
    expect((await reader.count(3))[2]).toEqual({ type: 'emergencies', emergencies: [] });
  });

  it('has what stood in an emergency before anybody asked for the scope', async () => {
    world = await streamWorld();
    world.hub.impose(STAGING, [kill('a')]);
    const reader = await world.open('/stream?environment=staging');
    expect(await reader.count(1)).toMatchObject([{ snapshot: { emergencies: [kill('a')] } }]);
  });

  it('answers 503 when the store cannot be read, and opens the scope when it can be again', async () => {
    let isDown = true;
    const down = (): Promise<never> => Promise.reject(new Error('no database'));
    world = await streamWorld({}, (store) => ({ read: () => (isDown ? down() : store.read()) }));
    const refused = await world.open('/stream');
    await refused.ended();
    expect([refused.response.statusCode, refused.response.headers['retry-after']]).toEqual([503, '6']);
    expect(world.problems).toEqual([new Error('no database')]);
    isDown = false;
    expect(await (await world.open('/stream')).count(1)).toMatchObject([{ type: 'snapshot' }]);
    refused.close();
    await connected(1);
  });
});
