import { describe, expect, it } from 'vitest';
import type { StartRolloutOptions } from './rollout-start.ts';
import { type RolloutWorld, rolloutWorld } from './rollout-world.testing.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

const MINUTE = 60_000;

const world = (store?: Store): Promise<RolloutWorld> => rolloutWorld(0, store);

describe('a canary', () => {
  it('goes 1, 5, 10, 25, 50, 100 %, five minutes each, asking the validator at the end of each', async () => {
    const { sluice, clock, share, start } = await world();
    const asked: number[] = [];
    await start({ validate: (percentage) => asked.push(percentage) > 0 });
    for (const percentage of [1, 5, 10, 25, 50, 100]) {
      expect(share()).toBe(percentage);
      await clock.advance(5 * MINUTE - 2_000);
      expect(share()).toBe(percentage);
      await clock.advance(2_000);
    }
    expect(asked).toEqual([1, 5, 10, 25, 50, 100]);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      phase: 'completed',
      waitingFor: null,
      error: null,
      currentPercentage: 100,
    });
    expect(sluice.flags.getFlag('f')).toMatchObject({ status: 'enabled', shareOwner: null });
    await expect(sluice.rollouts.completed('f')).resolves.toMatchObject({ phase: 'completed' });
  });

  it('gives everybody what they had before as soon as the validator says false, and says why', async () => {
    const { sluice, clock, share, start } = await world();
    await sluice.flags.setRolloutPercentage('f', 3);
    await start({ validate: (percentage) => percentage < 10 });
    await clock.advance(11 * MINUTE);
    expect(share()).toBe(3);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      phase: 'failed',
      error: expect.stringContaining('returned false for 10 %'),
    });
    expect(await sluice.rollbacks.getRollbackHistory()).toMatchObject([
      { strategy: 'automatic', flag: 'f', fromPercentage: 10, toPercentage: 3, actor: 'sluice' },
    ]);
  });

  const misbehaving: Record<string, [StartRolloutOptions['validate'], string]> = {
    throws: [
      () => {
        throw new Error('database down');
      },
      'database down',
    ],
    rejects: [() => Promise.reject(new Error('no route')), 'no route'],
    'returns undefined': [(() => undefined) as never, 'returned undefined'],
    'returns "true"': [(() => 'true') as never, '"true"'],
    'hangs past its deadline': [() => new Promise<boolean>(() => {}), 'within 30000 ms'],
  };
  for (const [how, [validate, words]] of Object.entries(misbehaving)) {
    it(`holds, and never advances, when the validator ${how}`, async () => {
      const { sluice, clock, share, start } = await world();
      await start({ validate: validate as never });
      await clock.advance(20 * MINUTE);
      expect(share()).toBe(1);
      const status = sluice.rollouts.getRolloutStatus('f');
      expect(status).toMatchObject({
        phase: 'held',
        state: { reason: 'error' },
        waitingFor: expect.stringContaining('resumeRollout'),
      });
      expect(status?.waitingFor).toContain(words);
    });
  }

  it('runs a validator that failed again after resumeRollout', async () => {
    const { sluice, clock, share, start } = await world();
    let runs = 0;
    await start({
      validate: () => {
        runs += 1;
        if (runs === 1) throw new Error('flaky');
        return true;
      },
    });
    await clock.advance(6 * MINUTE);
    expect(share()).toBe(1);
    await sluice.rollouts.resumeRollout('f', { actor: 'ann', reason: 'the database is back' });
    await clock.advance(2_000);
    expect(share()).toBe(5);
  });
});

describe('people', () => {
  it('may pause without the bake running on, resume, promote with record, approve by name, and abort', async () => {
    const { sluice, clock, share, start } = await world();
    await start({ validate: () => true, autoAdvance: false });
    await clock.advance(4 * MINUTE);
    await sluice.rollouts.pauseRollout('f', { reason: 'lunch' });
    await clock.advance(60 * MINUTE);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'held', bakeRemainingMs: MINUTE });
    await expect(sluice.rollouts.approveStage('f')).rejects.toMatchObject({ code: 'refused' });
    await sluice.rollouts.resumeRollout('f');
    await clock.advance(MINUTE + 2_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'awaiting_approval', currentPercentage: 1 });
    await clock.advance(60 * MINUTE);
    expect(share()).toBe(1);
    await sluice.rollouts.approveStage('f', { actor: 'bea', reason: 'looks good' });
    expect(share()).toBe(5);
    await sluice.rollouts.promoteRollout('f', { actor: 'cid', reason: 'hurry' });
    expect(share()).toBe(10);
    await sluice.rollouts.promoteRollout('f', { full: true });
    expect(share()).toBe(100);
    await sluice.rollouts.abortRollout('f', { reason: 'enough' });
    expect(share()).toBe(0);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'aborted' });
    await expect(sluice.rollouts.resumeRollout('f')).rejects.toThrow('cannot resume, it is aborted');
  });

  it('own the kill: disabling the flag ends its rollout in the same commit, and automation never undoes it', async () => {
    const { sluice, clock, share, start } = await world();
    await start({ validate: () => true });
    await sluice.flags.disableFlag('f', { actor: 'ann', reason: 'pager' });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'aborted' });
    await clock.advance(60 * MINUTE);
    expect(share()).toBe(0);
    await expect(start({ validate: () => true })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('never undoes a kill'),
    });
    await sluice.flags.restoreFlag('f');
    await expect(start({ validate: () => true })).resolves.toMatchObject({ number: 2, phase: 'baking' });
  });

  it('are refused a share that a rollout moves; by force they move it, and the rollout holds for drift', async () => {
    const { sluice, clock, share, start } = await world();
    await start({ validate: () => true });
    await expect(sluice.flags.setRolloutPercentage('f', 50)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the rollout of "f"'),
    });
    await sluice.flags.addUserToFlag('f', 'vip');
    await sluice.flags.setRolloutPercentage('f', 50, { force: true });
    await clock.advance(2_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'held', state: { reason: 'drift' } });
    await clock.advance(20 * MINUTE);
    expect(share()).toBe(50);
    await sluice.rollouts.resumeRollout('f');
    expect(share()).toBe(1);
    expect(sluice.flags.getFlag('f')?.enabledUsers).toEqual(['vip']);
  });

  it('may supersede a rollout by another, which starts from what was before', async () => {
    const { sluice, clock, share, start } = await world();
    await start({ validate: () => true });
    await clock.advance(11 * MINUTE);
    await expect(start({ validate: () => true })).rejects.toMatchObject({ code: 'conflict' });
    await expect(start({ validate: () => true, onConflict: 'supersede', stages: [5, 3] })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(share()).toBe(10);
    await start({ validate: () => true, onConflict: 'supersede' });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ number: 2, currentPercentage: 1 });
    expect(share()).toBe(1);
  });
});

it('lets people open a stage in a freeze window by force and with a reason', async () => {
  const { clock, share, start, sluice } = await world();
  const from = clock.now() + MINUTE;
  await start({ unvalidated: true, freezeWindows: [{ from, to: from + 60 * MINUTE }] });
  await clock.advance(10 * MINUTE);
  await expect(sluice.rollouts.promoteRollout('f')).rejects.toThrow('pass force: true and a reason');
  await sluice.rollouts.promoteRollout('f', { force: true, reason: 'incident' });
  expect(share()).toBe(5);
});

it('counts exposures again after a start at which the store could not be read', async () => {
  const kept = memoryStore();
  const { start } = await world(kept);
  await start({ unvalidated: true, minExposures: 1, stages: [50, 100] });
  let isDown = true;
  const flaky = new Proxy(kept, {
    get: (store, name: keyof Store) =>
      name === 'readTally' && isDown ? () => Promise.reject(new Error('down')) : store[name].bind(store),
  });
  const next = await world(flaky);
  isDown = false;
  for (let index = 0; index < 20; index++) next.sluice.flags.isEnabled('f', { userId: `u${index}` });
  await next.clock.advance(MINUTE);
  expect(next.sluice.rollouts.getRolloutStatus('f')?.exposures).toBeGreaterThan(0);
});

it('refuses a rollout that nothing judges, and names every bad option at once', async () => {
  const { start } = await world();
  await expect(start({})).rejects.toThrow('nothing would judge this rollout');
  await expect(start({ unvalidated: true })).resolves.toMatchObject({ phase: 'baking' });
  const bad = {
    strategy: 'yolo',
    targetPercentage: 50,
    criteria: [{ metric: 'p42', max: Number.NaN }],
    bakeMs: -1,
    bake: 5,
  } as never;
  await expect(start(bad)).rejects.toMatchObject({
    issues: [
      { path: '/bake' },
      { path: '/strategy' },
      { path: '/bakeMs' },
      { path: '/criteria/0/metric' },
      { path: '/criteria/0/max' },
    ],
  });
});
