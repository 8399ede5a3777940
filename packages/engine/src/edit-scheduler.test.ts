import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, eventOf, type Flag, type SluiceError } from '@sluice/core';
import { afterEach, describe, expect, it } from 'vitest';
import { faultyStore } from './break-glass/faulty-store.testing.ts';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';
import { memoryStore } from './store/memory-store.ts';
import type { LogQuery, Store } from './store/store.ts';

const HOUR = 3_600_000;
const START = Date.parse('2027-01-31T08:00:00Z');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function world() {
  const clock = manualClock(START);
  const store = faultyStore(memoryStore());
  const sluice = createSluice({ store, clock });
  const problems: string[] = [];
  sluice.on('problem', (problem: SluiceError) => void problems.push(problem.message));
  return { clock, store, problems, ...sluice };
}

describe('a scheduled edit', () => {
  it('is made at its instant by whoever is there, listed until then, and cancelled if asked', async () => {
    const { clock, store, flags } = world();
    const other = createSluice({ store, clock });
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 10 });
    const at = new Date(START + HOUR);
    const edit = await flags.scheduleEdit(
      'f',
      { rolloutPercentage: 50, description: undefined as never },
      { at, actor: 'ann', reason: 'launch' },
    );
    expect(edit).toMatchObject({ id: 'f#1', flag: 'f', at, actor: 'ann', settings: { rolloutPercentage: 50 } });
    await flags.scheduleEdit('f', { rolloutPercentage: 100 }, { at: '2027-01-31T10:00:00Z' });
    expect(other.flags.listScheduledEdits().map(({ id }) => id)).toEqual(['f#1', 'f#2']);
    await clock.advance(HOUR - 1);
    expect(flags.getFlag('f')?.servedPercentage).toBe(10);
    await clock.advance(1);
    expect(flags.getFlag('f')).toMatchObject({ servedPercentage: 50, revision: 2 });
    expect(flags.listScheduledEdits('f').map(({ id }) => id)).toEqual(['f#2']);
    await other.flags.cancelScheduledEdit('f#2', { actor: 'bob' });
    await clock.advance(2 * HOUR);
    expect([flags.getFlag('f')?.servedPercentage, flags.listScheduledEdits()]).toEqual([50, []]);
    await expect(flags.cancelScheduledEdit('f#1')).rejects.toMatchObject({ code: 'notFound' });
    const log = await store.log({ scope: DEFAULT_SCOPE, types: ['flag.updated', 'schedule.applied', 'schedule.cancelled'] });
    expect(log.map(({ type, actor }) => `${type} by ${actor}`)).toEqual([
      'flag.updated by ann',
      'schedule.applied by sluice',
      'schedule.cancelled by bob',
    ]);
  });

  it('is refused when it is asked for, where it sets nothing or does not fit', async () => {
    const { flags } = world();
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 10 });
    const at = START + HOUR;
    await expect(flags.scheduleEdit('f', {}, { at })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('sets nothing'),
    });
    await expect(flags.scheduleEdit('f', { onVariant: 'blue' }, { at })).rejects.toThrow('/onVariant "blue" is not one of');
    const conditions = { in_segment: 'gone' };
    await expect(flags.scheduleEdit('f', { conditions }, { at })).rejects.toThrow('"gone", which does not exist');
    await flags.scheduleEdit('f', { variants: { off: false, on: true, blue: 'b' } }, { at: START + 1 });
    await flags.scheduleEdit('f', { onVariant: 'blue' }, { at });
    expect(flags.listScheduledEdits()).toHaveLength(2);
  });

  it('uses the segments that it names, and a rollout of the same share is warned of it', async () => {
    const { flags, rollouts } = world();
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await flags.setSegment('beta', { members: ['ann'] });
    await flags.scheduleEdit('f', { conditions: { in_segment: 'beta' } }, { at: START + HOUR });
    await flags.scheduleEdit('f', { enabled: false }, { at: START + HOUR });
    expect(flags.getSegment('beta')?.usedBy).toEqual([{ kind: 'scheduledEdit', name: 'f#1' }]);
    await expect(flags.deleteSegment('beta')).rejects.toThrow('is used by 1 scheduled edit ("f#1")');
    const plan = { strategy: 'canary', validate: () => true } as const;
    expect(rollouts.advise('f', plan)).toEqual([]);
    await flags.scheduleEdit('f', { rolloutPercentage: 50 }, { at: START + HOUR });
    const warning = expect.stringContaining('the edit "f#3", scheduled for 2027-01-31T09:00:00.000Z, moves the same share');
    expect(rollouts.advise('f', plan)).toEqual([warning]);
    expect((await rollouts.startRollout('f', plan)).warnings).toEqual([warning]);
  });

  it('is made late rather than never: it survives a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-schedule-'));
    folders.push(folder);
    const file = join(folder, 'flags.json');
    const clock = manualClock(START);
    const before = createSluice({ store: fileStore(file, { clock, watch: false }), clock });
    await before.flags.setFlag('f', { enabled: true, rolloutPercentage: 10 });
    await before.flags.scheduleEdit('f', { rolloutPercentage: 50 }, { at: START + HOUR });
    await before.close();
    await clock.advance(3 * HOUR);
    const after = createSluice({ store: fileStore(file, { clock, watch: false }), clock });
    expect(after.flags.getFlag('f')?.servedPercentage).toBe(10);
    await clock.advance(1);
    expect(after.flags.getFlag('f')?.servedPercentage).toBe(50);
    await after.close();
  });

  it('respects every kill before its time, one that was undone in between included', async () => {
    const { clock, flags, problems } = world();
    await flags.setFlag('live', { enabled: true, rolloutPercentage: 10 });
    await flags.setFlag('launch', { enabled: false });
    await flags.setFlag('again', { enabled: false });
    for (const name of ['live', 'launch', 'again']) await flags.scheduleEdit(name, { enabled: true }, { at: START + HOUR });
    await clock.advance(1_000);
    await flags.disableFlag('live', { reason: 'errors' });
    await flags.enableFlag('again');
    await flags.disableFlag('again');
    await clock.advance(HOUR);
    expect(['live', 'launch', 'again'].map((name) => flags.getFlag(name)?.status)).toEqual(['disabled', 'enabled', 'disabled']);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain(
      'the edit of "live" that was scheduled for 2027-01-31T09:00:00.000Z was not made: flag "live" was killed',
    );
  });

  it('respects a kill after it also where the clock was set back between the two', async () => {
    const { clock, flags } = world();
    for (const name of ['f', 'g']) await flags.setFlag(name, { enabled: false });
    await flags.scheduleEdit('f', { enabled: true }, { at: START + HOUR });
    clock.jump(-1_000);
    await flags.restoreFlag('f');
    for (const name of ['f', 'g']) await flags.disableFlag(name, { reason: 'errors' });
    await flags.scheduleEdit('g', { enabled: true }, { at: START + HOUR });
    await clock.advance(2 * HOUR);
    expect(['f', 'g'].map((name) => flags.getFlag(name)?.status)).toEqual(['disabled', 'enabled']);
  });

  it('respects a kill that comes while it is being made', async () => {
    const clock = manualClock(START);
    const kept = memoryStore();
    let isKilled = false;
    /** Another process opens the flag and kills it. */
    const meanwhile = async (): Promise<void> => {
      isKilled = true;
      for (const [type, status] of [
        ['flag.restored', 'enabled'],
        ['flag.killed', 'disabled'],
      ] as const) {
        const flag = (await kept.read()).records.find((record) => record.kind === 'flag') as Flag;
        const next = { ...flag, status, revision: flag.revision + 1 };
        await kept.commit({ records: [next], events: [eventOf(type, next, { actor: 'eve', reason: '' }, clock.now())] });
      }
    };
    const store = new Proxy(kept, {
      get: (target, name: keyof Store) =>
        name !== 'log'
          ? target[name].bind(target)
          : async (query: LogQuery) => {
              const events = await target.log(query);
              if (!isKilled) await meanwhile();
              return events;
            },
    });
    const { flags } = createSluice({ store, clock });
    await flags.setFlag('f', { enabled: false });
    await flags.scheduleEdit('f', { enabled: true }, { at: START + HOUR });
    await clock.advance(2 * HOUR);
    expect([isKilled, flags.getFlag('f')?.status, flags.listScheduledEdits()]).toEqual([true, 'disabled', []]);
  });

  it('that a rollout stands in the way of is told and recorded, and not made later', async () => {
    const { clock, store, flags, rollouts, problems } = world();
    const heard: string[] = [];
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await flags.scheduleEdit('f', { rolloutPercentage: 50 }, { at: START + HOUR });
    await rollouts.startRollout('f', {
      strategy: 'percentage',
      stages: [1, 100],
      unvalidated: true,
      autoAdvance: false,
      tickMs: HOUR,
    });
    await clock.advance(2 * HOUR);
    await rollouts.abortRollout('f', { reason: 'no' });
    await clock.advance(2 * HOUR);
    for (const { reason } of await store.log({ scope: DEFAULT_SCOPE, types: ['schedule.refused'] })) heard.push(reason);
    expect(heard).toEqual([expect.stringContaining('is moved by the rollout')]);
    expect(problems).toEqual([expect.stringContaining('is moved by the rollout')]);
    expect(flags.getFlag('f')?.servedPercentage).toBe(0);
  });

  it('waits for a store that fails, and is made when it is back', async () => {
    const { clock, store, flags, problems } = world();
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 10 });
    await flags.scheduleEdit('f', { rolloutPercentage: 50 }, { at: START + HOUR });
    store.fault = 'unavailable';
    await clock.advance(HOUR + 600_000);
    expect(problems.length).toBeGreaterThan(3);
    expect(problems.length).toBeLessThan(25);
    store.fault = null;
    await clock.advance(60_000);
    expect(flags.getFlag('f')?.servedPercentage).toBe(50);
  });

  it('is made once by many processes, and with others of its flag in order', async () => {
    const { clock, store, flags } = world();
    const others = Array.from({ length: 3 }, () => createSluice({ store, clock }));
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 1 });
    for (const percentage of [10, 20, 30]) await flags.scheduleEdit('f', { rolloutPercentage: percentage }, { at: START + HOUR });
    await clock.advance(2 * HOUR);
    const applied = await store.log({ scope: DEFAULT_SCOPE, types: ['schedule.applied'] });
    expect(applied.map(({ detail }) => detail.id)).toEqual(['f#1', 'f#2', 'f#3']);
    for (const { flags: seen } of others) expect(seen.getFlag('f')).toMatchObject({ servedPercentage: 30, revision: 4 });
  });

  it('is refused when it is scheduled with what is wrong in it', async () => {
    const { flags } = world();
    await flags.setFlag('f', { enabled: true });
    await expect(flags.scheduleEdit('f', { rolloutPercentage: 101 }, { at: START + 1 })).rejects.toThrow(
      '/rolloutPercentage must be',
    );
    await expect(flags.scheduleEdit('f', {}, { at: 'tomorrow' })).rejects.toThrow('/at must be an instant such as');
    await expect(flags.scheduleEdit('f', {}, { at: START })).rejects.toThrow('/at must lie ahead');
    await expect(flags.scheduleEdit('g', {}, { at: START + 1 })).rejects.toMatchObject({ code: 'notFound' });
    await expect(flags.scheduleEdit('f', {}, undefined as never)).rejects.toMatchObject({ code: 'invalid' });
    expect(flags.listScheduledEdits()).toEqual([]);
  });
});
