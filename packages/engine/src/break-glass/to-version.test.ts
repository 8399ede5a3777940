import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { by, killFile, START } from './break-glass.testing.ts';
import { faultyStore } from './faulty-store.testing.ts';

const kills = killFile();
const C = 'ner_model';
const back = { ...by, rollbackToVersion: '1.0.0' };

/** A process over `kept`, in which everybody has 2.0.0, the stable version, and both versions load. */
async function world(kept: Store = memoryStore(), clock = manualClock(START)) {
  const store = faultyStore(kept);
  const sluice = createSluice({ store, clock, breakGlass: { file: kills.path } });
  const told: string[] = [];
  sluice.on('problem', (problem) => told.push(problem.message));
  const disposed: string[] = [];
  for (const version of ['1.0.0', '2.0.0'])
    await sluice.hotSwap.registerVersion(C, version, () => ({ version, dispose: () => disposed.push(version) }));
  if (sluice.flags.getFlag(C)?.revision === 2) await sluice.hotSwap.swapTo(C, '2.0.0');
  const served = () => sluice.hotSwap.use(C, { userId: 'u' }, (model: { version: string }) => model.version);
  const marks = async () => (await kept.log({ scope: sluice.flags.runtime.view.scope, key: C })).map(({ type }) => type);
  return { store, kept, clock, sluice, told, disposed, served, marks, ...sluice };
}

describe('a rollback to a version that the store does not take', () => {
  it('is in effect when it is called, is served and drained here, and is recorded as it was asked for when the store is back', async () => {
    const { flags, hotSwap, rollbacks, store, clock, told, disposed, served, marks } = await world();
    expect(await served()).toBe('2.0.0');
    store.fault = 'unavailable';
    const rollback = rollbacks.rollbackImmediate(C, back);
    expect(flags.getVariant(C, { userId: 'u' })).toBe('1.0.0');
    expect(await rollback).toMatchObject({
      id: null,
      changed: true,
      durable: false,
      status: 'awaitingStore',
      loaded: true,
      fromPercentage: 100,
      toPercentage: 0,
      ...by,
    });
    expect([await served(), disposed]).toEqual(['1.0.0', ['2.0.0']]);
    expect(told).toEqual([expect.stringMatching(/component "ner_model" was rolled back to version 1\.0\.0 by ann.*stands in/)]);
    expect(flags.listPendingKills()).toMatchObject([{ flag: C, act: 'toVersion', toVersion: '1.0.0', ...by }]);
    expect(flags.getFlag(C)).toMatchObject({ offVariant: '1.0.0', durable: false });
    expect(hotSwap.versions(C)).toMatchObject([
      { isStable: true, servedPercentage: 100 },
      { isStable: false, servedPercentage: 0 },
    ]);
    store.fault = null;
    await clock.advance(31_000);
    expect(flags.getFlag(C)).toMatchObject({ offVariant: '1.0.0', status: 'enabled', durable: true });
    expect((await marks()).slice(-2)).toEqual(['flag.updated', 'rollback.immediate']);
    const [record] = await rollbacks.getRollbackHistory();
    expect(record).toMatchObject({ at: new Date(START), ...by, fromPercentage: 100, toPercentage: 0 });
    expect(record?.detail).toMatchObject({ fromVersion: '2.0.0', toVersion: '1.0.0', breakGlass: true });
    expect(await kills.text()).toBe('');
  });

  it('changes nothing the second time, and is told of both', async () => {
    const { rollbacks, store, clock, marks } = await world();
    store.fault = 'unavailable';
    expect(await rollbacks.rollbackImmediate(C, back)).toMatchObject({ changed: true, fromPercentage: 100 });
    expect(await rollbacks.rollbackImmediate(C, { ...back, actor: 'bob' })).toMatchObject({ changed: false, fromPercentage: 0 });
    store.fault = null;
    await clock.advance(31_000);
    expect((await marks()).filter((type) => type === 'rollback.immediate')).toHaveLength(2);
    expect((await rollbacks.getRollbackHistory()).map(({ actor }) => actor)).toEqual(['bob', 'ann']);
  });

  it('ends the rollout of the bad version, at once here and in the store when it is back', async () => {
    const { flags, hotSwap, rollouts, rollbacks, store, clock } = await world();
    await hotSwap.registerVersion(C, '3.0.0', () => ({ version: '3.0.0' }));
    await rollouts.startRollout(C, { strategy: 'percentage', stages: [50, 100], toVersion: '3.0.0', unvalidated: true });
    store.fault = 'unavailable';
    const result = await rollbacks.rollbackImmediate(C, back);
    expect(result).toMatchObject({ fromPercentage: 100, status: 'awaitingStore' });
    const seen = new Set(Array.from({ length: 50 }, (_, n) => flags.getVariant(C, { userId: `u${n}` })));
    expect([...seen]).toEqual(['1.0.0']);
    store.fault = null;
    await clock.advance(31_000);
    expect(rollouts.getRolloutStatus(C)?.phase).toBe('superseded');
    expect(flags.getFlag(C)).toMatchObject({ offVariant: '1.0.0', onVariant: '1.0.0', shareOwner: null });
  });

  it('undoes a kill of before, and a kill after it gives the version, in the store as here', async () => {
    for (const [first, last, status] of [
      ['kill', 'toVersion', 'enabled'],
      ['toVersion', 'kill', 'disabled'],
    ] as const) {
      const { flags, rollbacks, store, clock } = await world();
      store.fault = 'unavailable';
      for (const act of [first, last]) {
        await (act === 'kill' ? flags.disableFlag(C, by) : rollbacks.rollbackImmediate(C, back));
        await clock.advance(10);
      }
      const served = flags.getFlag(C);
      expect(served).toMatchObject({ status, offVariant: '1.0.0', durable: false });
      expect(flags.getVariant(C, { userId: 'u' })).toBe('1.0.0');
      store.fault = null;
      await clock.advance(31_000);
      expect(flags.getFlag(C)).toMatchObject({ status, offVariant: '1.0.0', durable: true });
    }
  });

  it('is not replayed over somebody who moved everybody on later, and what it had loaded is let go', async () => {
    const { flags, hotSwap, rollbacks, store, kept, clock, served, disposed } = await world();
    await hotSwap.registerVersion(C, '3.0.0', () => ({ version: '3.0.0' }));
    store.fault = 'unavailable';
    await rollbacks.rollbackImmediate(C, back);
    expect(await served()).toBe('1.0.0');
    await clock.advance(1_000);
    await createSluice({ store: kept, clock }).hotSwap.swapTo(C, '3.0.0', { actor: 'bob', reason: 'mended' });
    expect(await served()).toBe('1.0.0');
    store.fault = null;
    await clock.advance(31_000);
    expect(flags.listPendingKills()).toEqual([]);
    expect([await served(), disposed]).toEqual(['3.0.0', ['2.0.0', '1.0.0']]);
  });

  it('refuses at once what it knows it cannot serve, and leaves nothing behind', async () => {
    const { flags, rollbacks, store, marks } = await world();
    await flags.setFlag('plain', { enabled: true });
    store.fault = 'unavailable';
    store.refresh = () => store.commit({ records: [], events: [] }).then(() => {});
    const rollback = (name: string, rollbackToVersion: string) => rollbacks.rollbackImmediate(name, { ...by, rollbackToVersion });
    await expect(rollback(C, '9.0.0')).rejects.toThrow(/9\.0\.0 is not registered.*the store cannot be asked/);
    await expect(rollback('plain', '1.0.0')).rejects.toThrow('is a flag and no component');
    await expect(rollback(C, 'v1')).rejects.toMatchObject({ code: 'invalid' });
    expect(flags.listPendingKills()).toEqual([]);
    expect(await kills.text()).toBe('');
    store.fault = null;
    expect((await marks()).at(-1)).toBe('component.swapped');
  });

  it('gives way to what was asked for after it, here, in the next process and in the store, also where the clock was set back', async () => {
    const { kept, clock, store, rollbacks, hotSwap, flags } = await world();
    await hotSwap.registerVersion(C, '3.0.0', () => ({ version: '3.0.0' }));
    store.fault = 'unavailable';
    await rollbacks.rollbackImmediate(C, back);
    clock.jump(-30_000);
    await rollbacks.rollbackImmediate(C, { ...by, rollbackToVersion: '3.0.0' });
    const next = createSluice({ store: faultyStore(kept), clock, breakGlass: { file: kills.path } });
    await next.ready;
    expect([flags, next.flags].map((each) => each.getVariant(C, { userId: 'u' }))).toEqual(['3.0.0', '3.0.0']);
    await next.close();
    store.fault = null;
    await clock.advance(31_000);
    expect(flags.getFlag(C)).toMatchObject({ offVariant: '3.0.0', durable: true });
  });

  it('is served from the first evaluation on by the process after one that died, and recorded once by however many', async () => {
    const first = await world();
    first.store.fault = 'unavailable';
    await first.rollbacks.rollbackImmediate(C, { ...back, rollbackToVersion: '1.0.0+build.7' });
    const { kept } = first;
    const clock = manualClock(START + 3_600_000);
    const all = Array.from({ length: 3 }, () => createSluice({ store: kept, clock, breakGlass: { file: kills.path } }));
    for (const { flags } of all) expect(flags.getVariant(C, { userId: 'u' })).toBe('1.0.0');
    await clock.advance(60_000);
    expect((await first.marks()).filter((type) => type === 'rollback.immediate')).toHaveLength(1);
    for (const { flags } of all) expect(flags.getFlag(C)).toMatchObject({ offVariant: '1.0.0', durable: true });
    expect(await kills.text()).toBe('');
  });

  it('says that the version does not load here either', async () => {
    const { hotSwap, rollbacks, store, clock, served } = await world();
    let tries = 0;
    await hotSwap.registerVersion(C, '0.9.0', (): Promise<never> => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error('no such file')) : new Promise(() => {});
    });
    expect(await served()).toBe('2.0.0');
    store.fault = 'unavailable';
    const result = await rollbacks.rollbackImmediate(C, { ...by, rollbackToVersion: '0.9.0' });
    expect(result).toMatchObject({ status: 'awaitingStore', durable: false, loaded: false });
    expect(await served()).toBe('2.0.0');
    await clock.advance(1_000);
    // Tried again, without an answer, and no call waits for it.
    expect([await served(), await served(), tries]).toEqual(['2.0.0', '2.0.0', 2]);
  });
});
