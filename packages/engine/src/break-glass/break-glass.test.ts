import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import { by, events, killFile, marks, world } from './break-glass.testing.ts';

const kills = killFile();

describe('a kill', () => {
  it('is served before the store has answered, and is durable when it resolves', async () => {
    const { flags, isOn, kept } = await world(kills.path);
    const kill = flags.disableFlag('f', by);
    expect(isOn()).toBe(false);
    expect(flags.evaluateAll({ userId: 'u' }).get('f')?.variant).toBe('off');
    expect(flags.getFlag('f')).toMatchObject({ status: 'disabled' });
    expect(await kill).toMatchObject({ status: 'disabled', durable: true });
    expect(await marks(kept)).toEqual(['flag.created', 'flag.killed']);
    expect(await kills.text()).toBe('');
  });

  it('keeps its place among the edits around it', async () => {
    const { flags, isOn } = await world(kills.path);
    const all = [
      flags.setRolloutPercentage('f', 70),
      flags.disableFlag('f'),
      flags.restoreFlag('f'),
      flags.addUserToFlag('f', 'u'),
    ];
    expect(isOn()).toBe(false);
    await Promise.all(all);
    expect(flags.getFlag('f')).toMatchObject({ status: 'percentage', rolloutPercentage: 70, durable: true });
    expect(isOn()).toBe(true);
  });

  it('leaves nothing behind when it is refused', async () => {
    const { flags, rollbacks, isOn } = await world(kills.path);
    await expect(flags.disableFlag('nope')).rejects.toMatchObject({ code: 'notFound' });
    await expect(rollbacks.rollbackImmediate('f', { reason: '' })).rejects.toThrow('needs a reason');
    expect(isOn()).toBe(true);
    await flags.setFlag('nope', { enabled: true });
    expect(flags.isEnabled('nope', { userId: 'u' })).toBe(true);
  });
});

describe('a kill that the store does not take', () => {
  it('stands in memory and in the journal, loudly, and is committed as it was asked for when the store is back', async () => {
    const { flags, rollouts, rollbacks, store, kept, clock, isOn, told } = await world(kills.path);
    await flags.setRolloutPercentage('f', 0);
    await rollouts.startRollout('f', { strategy: 'canary', validate: () => true });
    store.fault = 'unavailable';
    const result = await rollbacks.rollbackImmediate('f', by);
    expect(result).toMatchObject({ id: null, changed: true, durable: false, status: 'awaitingStore', toPercentage: 0, ...by });
    expect(told).toEqual([
      expect.stringMatching(/flag "f" was killed by ann in this process.*the disk is full.*stands in .*kills/),
    ]);
    expect(flags.getFlag('f')).toMatchObject({ status: 'disabled', durable: false });
    expect(flags.listPendingKills()).toMatchObject([{ flag: 'f', act: 'rollback', at: new Date(clock.now()), ...by }]);
    const asked = clock.now();
    await clock.advance(60_000);
    expect(isOn()).toBe(false);
    store.fault = null;
    await clock.advance(31_000);
    expect(flags.listPendingKills()).toEqual([]);
    expect(flags.getFlag('f')).toMatchObject({ status: 'disabled', durable: true });
    expect(rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'aborted' });
    const [killed, rolled] = (await events(kept)).filter(({ type }) => type === 'flag.killed' || type === 'rollback.immediate');
    for (const event of [killed, rolled]) expect(event).toMatchObject({ at: asked, ...by, detail: { breakGlass: true } });
    expect(await rollbacks.getRollbackHistory()).toMatchObject([{ strategy: 'immediate', at: new Date(asked), ...by }]);
    expect(await kills.text()).toBe('');
  });

  it('is waited for until the deadline and no longer', async () => {
    const { flags, store, clock, isOn } = await world(kills.path);
    store.fault = 'silent';
    let isAnswered = false;
    const kill = flags.disableFlag('f', by).finally(() => {
      isAnswered = true;
    });
    expect(isOn()).toBe(false);
    await clock.advance(1_999);
    expect(isAnswered).toBe(false);
    await clock.advance(1);
    expect(await kill).toMatchObject({ durable: false });
    expect(await kills.text()).toContain('"kill"');
  });

  it('gets past a commit that is never answered', async () => {
    const { flags, store, kept, clock, sluice } = await world(kills.path);
    store.fault = 'silent';
    const stuck = flags.setRolloutPercentage('f', 5);
    const kill = flags.disableFlag('f', by);
    await clock.advance(2_000);
    await kill;
    store.fault = null;
    await clock.advance(5_000);
    expect(await marks(kept)).toEqual(['flag.created', 'flag.killed']);
    expect(sluice.flags.listPendingKills()).toEqual([]);
    void stuck;
  });

  it('is recorded once when only the answer was lost', async () => {
    const { flags, store, kept, clock } = await world(kills.path);
    store.fault = 'answerLost';
    const kill = flags.disableFlag('f', by);
    await clock.advance(2_000);
    expect(await kill).toMatchObject({ durable: false });
    store.fault = null;
    await clock.advance(31_000);
    expect(await marks(kept)).toEqual(['flag.created', 'flag.killed']);
    expect(flags.getFlag('f')).toMatchObject({ durable: true });
    expect(await kills.text()).toBe('');
  });

  it('comes before whatever is decided after it, and nothing is decided while the store is away', async () => {
    const { flags, store, kept, isOn } = await world(kills.path);
    store.fault = 'unavailable';
    await flags.disableFlag('f', by);
    await expect(flags.restoreFlag('f')).rejects.toMatchObject({ code: 'unavailable' });
    expect(isOn()).toBe(false);
    store.fault = null;
    expect(await flags.restoreFlag('f')).toMatchObject({ status: 'enabled', durable: true });
    expect(isOn()).toBe(true);
    expect(await marks(kept)).toEqual(['flag.created', 'flag.killed', 'flag.restored']);
  });

  it('is not replayed over somebody who took it back later', async () => {
    const kept = memoryStore();
    const cut = await world(kills.path, kept);
    cut.store.fault = 'unavailable';
    await cut.flags.disableFlag('f', by);
    const other = createSluice({ store: kept, clock: cut.clock });
    await cut.clock.advance(1_000);
    await other.flags.disableFlag('f', { actor: 'bob' });
    await other.flags.restoreFlag('f', { actor: 'bob', reason: 'false alarm' });
    cut.store.fault = null;
    await cut.clock.advance(31_000);
    expect(cut.isOn()).toBe(true);
    expect(cut.flags.listPendingKills()).toEqual([]);
    expect((await marks(kept)).at(-1)).toBe('flag.restored');
  });

  it('does not come again when the commit before it is answered at last', async () => {
    const { flags, store, kept, clock, isOn } = await world(kills.path);
    await flags.setFlag('g', { enabled: true });
    store.fault = 'held';
    const slow = flags.setRolloutPercentage('g', 5);
    const kill = flags.disableFlag('f', by);
    await clock.advance(2_000);
    await kill;
    store.fault = null;
    await clock.advance(5_000);
    await createSluice({ store: kept, clock }).flags.restoreFlag('f');
    store.letGo();
    await slow;
    await clock.advance(0);
    expect(isOn()).toBe(true);
    expect(await marks(kept)).toEqual(['flag.created', 'flag.killed', 'flag.restored']);
  });

  it('stands over a restore from before it', async () => {
    const { flags, store, kept, clock, isOn } = await world(kills.path);
    store.fault = 'unavailable';
    const other = createSluice({ store: kept, clock });
    await flags.disableFlag('f', by);
    clock.jump(-10_000);
    await other.flags.disableFlag('f');
    await other.flags.restoreFlag('f');
    clock.jump(10_000);
    store.fault = null;
    await clock.advance(31_000);
    expect(isOn()).toBe(false);
    expect((await events(kept)).at(-1)).toMatchObject({ type: 'flag.killed', actor: 'ann' });
  });

  it('is told in the log beside a kill that somebody else made meanwhile', async () => {
    const { flags, store, kept, clock } = await world(kills.path);
    store.fault = 'unavailable';
    await flags.disableFlag('f', by);
    await createSluice({ store: kept, clock }).flags.disableFlag('f', { actor: 'bob' });
    store.fault = null;
    await clock.advance(31_000);
    expect((await events(kept)).map(({ type, actor }) => `${type} ${actor}`)).toEqual([
      'flag.created local',
      'flag.killed bob',
      'flag.killed ann',
    ]);
  });

  it('is dropped with words when its flag was archived meanwhile', async () => {
    const { flags, store, kept, clock } = await world(kills.path);
    store.fault = 'unavailable';
    await flags.disableFlag('f', by);
    await createSluice({ store: kept, clock }).flags.archiveFlag('f');
    store.fault = null;
    await clock.advance(31_000);
    expect(flags.listPendingKills()).toEqual([]);
    expect((await marks(kept)).at(-1)).toBe('flag.archived');
  });

  it('holds in memory when its file cannot be written either, and says so', async () => {
    await writeFile(kills.path, '');
    const { flags, store, isOn, told, clock } = await world(join(kills.path, 'behind a file'));
    store.fault = 'unavailable';
    expect(await flags.disableFlag('f', by)).toMatchObject({ durable: false });
    expect(isOn()).toBe(false);
    expect(told.at(-1)).toMatch(/nor can it be kept elsewhere .*behind a file.*ends with this process/);
    store.fault = null;
    await clock.advance(31_000);
    expect(flags.getFlag('f')).toMatchObject({ status: 'disabled', durable: true });
  });
});

describe('setFlag with enabled: false', () => {
  it('alone is the kill switch, with its force and its file', async () => {
    const { flags, store, kept, clock, isOn } = await world(kills.path);
    store.fault = 'unavailable';
    const kill = flags.setFlag('f', { enabled: false }, { ...by, force: true });
    expect(isOn()).toBe(false);
    expect(await kill).toMatchObject({ status: 'disabled', durable: false });
    expect(flags.listPendingKills()).toMatchObject([{ act: 'kill', ...by }]);
    store.fault = null;
    await clock.advance(31_000);
    expect(await marks(kept)).toEqual(['flag.created', 'flag.killed']);
  });

  it('beside other settings fails whole with the store', async () => {
    const { flags, store, isOn } = await world(kills.path);
    store.fault = 'unavailable';
    await expect(flags.setFlag('f', { enabled: false, description: 'd' })).rejects.toMatchObject({ code: 'unavailable' });
    expect([isOn(), flags.listPendingKills()]).toEqual([true, []]);
    await expect(flags.setFlag('new', { enabled: false })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('names a misspelt option as before, and kills nothing for it', async () => {
    const { flags, isOn } = await world(kills.path);
    await expect(flags.setFlag('f', { enabled: false }, { reson: 'x' } as object)).rejects.toThrow('/reson is not an option');
    expect(isOn()).toBe(true);
  });
});

it('refuses a deadline that is none', () => {
  for (const deadlineMs of [0, -1, Number.NaN])
    expect(() => createSluice({ store: memoryStore(), breakGlass: { deadlineMs } })).toThrow(
      'breakGlass.deadlineMs must be above 0',
    );
});
