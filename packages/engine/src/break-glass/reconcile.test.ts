import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { createSluice, type Sluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { by, events, killFile, marks, START, world } from './break-glass.testing.ts';
import { faultyStore } from './faulty-store.testing.ts';

const kills = killFile();

describe('a targeted rollback that the store does not take', () => {
  it('shuts out its users at once and nobody else, and is not replayed for whom it was lifted', async () => {
    const { flags, rollbacks, store, kept, clock } = await world(kills.path);
    store.fault = 'unavailable';
    const isOn = (userId: string): boolean => flags.isEnabled('f', { userId });
    const result = await rollbacks.rollbackTargeted('f', { ...by, userIds: ['u', 'v'] });
    expect(result).toMatchObject({ changed: true, durable: false, status: 'awaitingStore' });
    expect([isOn('u'), isOn('v'), isOn('w')]).toEqual([false, false, true]);
    const other = createSluice({ store: kept, clock });
    await clock.advance(1_000);
    await other.rollbacks.rollbackTargeted('f', { reason: 'r', userIds: ['u'] });
    await other.flags.addUserToFlag('f', 'u');
    store.fault = null;
    await clock.advance(31_000);
    expect([isOn('u'), isOn('v'), isOn('w')]).toEqual([true, false, true]);
    expect((await events(kept)).at(-1)).toMatchObject({
      type: 'rollback.targeted',
      detail: { userIds: ['v'], breakGlass: true },
    });
  });
});

describe('a process that starts after one which died with a kill pending', () => {
  async function leaveBehind(kept: Store): Promise<void> {
    const first = await world(kills.path, kept);
    first.store.fault = 'unavailable';
    await first.flags.disableFlag('f', by);
  }

  it('serves off from the first evaluation on, and brings the kill to the store', async () => {
    const kept = memoryStore();
    await leaveBehind(kept);
    const clock = manualClock(START + 3_600_000);
    const second: Sluice = createSluice({ store: kept, clock, breakGlass: { file: kills.path } });
    expect(second.flags.isEnabled('f', { userId: 'u' })).toBe(false);
    await clock.advance(0);
    expect((await events(kept)).at(-1)).toMatchObject({ type: 'flag.killed', at: START, ...by });
    expect(await kills.text()).toBe('');
  });

  it('serves off as long as the store is still away', async () => {
    const kept = memoryStore();
    await leaveBehind(kept);
    const store = faultyStore(kept);
    store.fault = 'silent';
    const clock = manualClock(START + 3_600_000);
    const { flags } = createSluice({ store, clock, breakGlass: { file: kills.path } });
    await clock.advance(120_000);
    expect(flags.isEnabled('f', { userId: 'u' })).toBe(false);
    store.fault = null;
    await clock.advance(33_000);
    expect(flags.listPendingKills()).toEqual([]);
  });

  it('does not kill again what was brought to the store and then taken back before the journal was cleared', async () => {
    const kept = memoryStore();
    await leaveBehind(kept);
    const journal = await kills.text();
    const clock = manualClock(START + 3_600_000);
    const second = createSluice({ store: kept, clock, breakGlass: { file: kills.path } });
    await clock.advance(0);
    await second.flags.restoreFlag('f');
    await writeFile(kills.path, journal);
    const third = createSluice({ store: kept, clock, breakGlass: { file: kills.path } });
    await clock.advance(0);
    expect(third.flags.isEnabled('f', { userId: 'u' })).toBe(true);
    expect((await marks(kept)).at(-1)).toBe('flag.restored');
  });

  it('records the kill once when many start together', async () => {
    const kept = memoryStore();
    await leaveBehind(kept);
    const clock = manualClock(START + 3_600_000);
    const all = Array.from({ length: 5 }, () => createSluice({ store: kept, clock, breakGlass: { file: kills.path } }));
    await clock.advance(60_000);
    expect(await marks(kept)).toEqual(['flag.created', 'flag.killed']);
    expect(all.flatMap(({ flags }) => flags.listPendingKills())).toEqual([]);
    expect(await kills.text()).toBe('');
  });
});
