import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, SluiceError, type Snapshot, servedFlags } from '@sluice/core';
import { followStream } from '@sluice/protocol';
import { type Committed, createSluice, type Store } from 'sluice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pushEmergencies } from './push-emergencies.ts';
import { type StreamReader, streamWorld } from './stream-world.testing.ts';

let world: Awaited<ReturnType<typeof streamWorld>>;
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  world = await streamWorld();
});
afterEach(async () => {
  await world.stop();
  await rm(directory, { recursive: true });
});
const by = { actor: 'ann', reason: 'pager' };

/** A process over the world's store, which takes nothing while `isDown`. */
function processOver() {
  const { store, clock, hub } = world;
  const state = { isDown: false };
  const refuse = (): Promise<Committed> => Promise.reject(new SluiceError('unavailable', 'the database is down'));
  const failing: Store = new Proxy(store, {
    get: (target, name: keyof Store) => {
      const method = target[name] as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => (name === 'commit' && state.isDown ? refuse() : method.apply(target, given));
    },
  });
  const sluice = createSluice({ store: failing, clock, breakGlass: { file: join(directory, 'kills') } });
  const stop = pushEmergencies({ scope: DEFAULT_SCOPE, sluice, hub, clock });
  return { state, sluice, stop };
}

const snapshotOf = ({ messages }: StreamReader): Snapshot | null =>
  messages.reduce<Snapshot | null>((snapshot, message) => followStream(snapshot, message), null);
const isOff = (reader: StreamReader): boolean => {
  const snapshot = snapshotOf(reader);
  return snapshot !== null && servedFlags(snapshot).find(({ key }) => key === 'f')?.status === 'disabled';
};
const typesOf = (reader: StreamReader): string[] => reader.messages.map(({ type }) => type);

describe('pushEmergencies', () => {
  it('tells every stream of a kill within a second while the store is down, and never lets go of it when the store is back', async () => {
    const { state, sluice, stop } = processOver();
    await sluice.flags.setFlag('f', { enabled: true });
    const [reader, watcher] = [await world.open('/stream'), await world.open('/refetch')];
    await reader.count(1);
    state.isDown = true;
    const killed = sluice.flags.disableFlag('f', by);
    await world.clock.advance(1_000);
    await reader.until(isOff);
    expect(typesOf(reader)).toEqual(['snapshot', 'emergencies']);
    await watcher.until(({ parts }) => parts.filter(({ kind }) => kind === 'event').length === 2);
    await killed;

    state.isDown = false;
    await world.clock.advance(60_000);
    await reader.until(({ messages }) => messages.filter(({ type }) => type === 'emergencies').length === 2);
    expect(typesOf(reader).filter((type) => type !== 'place')).toEqual(['snapshot', 'emergencies', 'delta', 'emergencies']);
    // After each message that came since, the flag was off.
    const states = reader.messages.map((_, count) =>
      reader.messages.slice(0, count + 1).reduce<Snapshot | null>(followStream, null),
    );
    expect(states.slice(1).every((now) => now !== null && servedFlags(now)[0]?.status === 'disabled')).toBe(true);
    expect(snapshotOf(reader)?.emergencies).toEqual([]);
    stop();
    await sluice.close();
  });

  it('tells of a kill that the store takes at once by its commit alone', async () => {
    const { sluice } = processOver();
    await sluice.flags.setFlag('f', { enabled: true });
    const reader = await world.open('/stream');
    await reader.count(1);
    await sluice.flags.disableFlag('f', by);
    await world.clock.advance(1_000);
    await reader.until(isOff);
    await sluice.flags.setFlag('f', { description: 'later' });
    await reader.count(3);
    expect(typesOf(reader)).toEqual(['snapshot', 'delta', 'delta']);
    await sluice.close();
  });

  it('tells of what an earlier life of the process left behind', async () => {
    const first = processOver();
    await first.sluice.flags.setFlag('f', { enabled: true });
    first.state.isDown = true;
    const killed = first.sluice.flags.disableFlag('f', by);
    await world.clock.advance(5_000);
    await killed;
    first.stop();
    await first.sluice.close();
    world.hub.impose(DEFAULT_SCOPE, []);

    const second = processOver();
    second.state.isDown = true;
    const reader = await world.open('/stream');
    await reader.count(1);
    expect(isOff(reader)).toBe(true);
    await second.sluice.close();
  });
});
