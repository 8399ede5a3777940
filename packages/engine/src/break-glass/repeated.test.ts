import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import { by, killFile, marks, world } from './break-glass.testing.ts';
import { lateFollowers } from './late-followers.testing.ts';

const kills = killFile();

describe('a kill of a request that may be sent again', () => {
  const request = { id: 'r1', fingerprint: 'kill f' };

  it('is one kill while it is pending, in the journal, and when the store has it', async () => {
    const first = await world(kills.path);
    first.store.fault = 'unavailable';
    await first.rollbacks.rollbackImmediate('f', { ...by, request });
    expect(await first.rollbacks.rollbackImmediate('f', { ...by, request })).toMatchObject({ durable: false, changed: false });
    expect(first.flags.listPendingKills()).toHaveLength(1);
    first.store.close = async () => {};
    await first.sluice.close();
    const next = await world(kills.path, first.kept, first.clock);
    await next.clock.advance(60_000);
    await next.flags.restoreFlag('f');
    await expect(next.rollbacks.rollbackImmediate('f', { ...by, request })).rejects.toMatchObject({
      code: 'repeated',
      repeats: request,
    });
    expect(next.isOn()).toBe(true);
  });

  it('is recorded already when the same request reached the store by another way', async () => {
    const { rollbacks, flags, store, kept, clock, sluice } = await world(kills.path);
    store.fault = 'unavailable';
    await rollbacks.rollbackImmediate('f', { ...by, request });
    const other = createSluice({ store: kept, clock });
    await other.rollbacks.rollbackImmediate('f', { ...by, request });
    await other.flags.restoreFlag('f');
    store.fault = null;
    await clock.advance(60_000);
    expect(flags.listPendingKills()).toEqual([]);
    expect((await marks(kept)).filter((type) => type === 'rollback.immediate')).toHaveLength(1);
    expect(sluice.flags.isEnabled('f', { userId: 'u' })).toBe(true);
  });

  it('ends only when what killed the flag elsewhere is served here: the flag opens at no moment', async () => {
    const kept = memoryStore();
    const { rollbacks, store, clock, isOn, sluice } = await world(kills.path, lateFollowers(kept));
    store.fault = 'unavailable';
    await rollbacks.rollbackImmediate('f', { ...by, request });
    await createSluice({ store: kept, clock }).rollbacks.rollbackImmediate('f', { ...by, request });
    const served: boolean[] = [];
    sluice.on('emergencies', () => served.push(isOn()));
    store.fault = null;
    await clock.advance(60_000);
    expect([served, isOn()]).toEqual([[false], false]);
  });

  it('is not lost because another request had its id', async () => {
    const { rollbacks, store, kept, clock, isOn } = await world(kills.path);
    store.fault = 'unavailable';
    await rollbacks.rollbackImmediate('f', { ...by, request });
    const other = createSluice({ store: kept, clock });
    await other.flags.setFlag('g', { enabled: true }, { request: { ...request, fingerprint: 'set g' } });
    store.fault = null;
    await clock.advance(60_000);
    expect((await marks(kept)).filter((type) => type === 'rollback.immediate')).toHaveLength(1);
    expect(isOn()).toBe(false);
  });

  it('is refused with the id of another one', async () => {
    const { rollbacks, store } = await world(kills.path);
    store.fault = 'unavailable';
    await rollbacks.rollbackImmediate('f', { ...by, request });
    const other = rollbacks.rollbackImmediate('f', { ...by, request: { ...request, fingerprint: 'kill g' } });
    await expect(other).rejects.toMatchObject({ code: 'repeated', repeats: request });
  });
});

it('a kill that could not be journalled says so, and is journalled when the disk has room again', async () => {
  const file = join(kills.path, 'in', 'the-way');
  await writeFile(kills.path, 'a file where a folder is needed');
  const { flags, store, clock } = await world(file);
  store.fault = 'unavailable';
  await flags.disableFlag('f', by);
  expect(flags.listPendingKills()).toMatchObject([{ flag: 'f', isJournalled: false }]);
  await rm(kills.path);
  await clock.advance(5_000);
  expect(flags.listPendingKills()).toMatchObject([{ flag: 'f', isJournalled: true }]);
  expect(await readFile(file, 'utf8')).toContain('pager');
});
