import { describe, expect, it } from 'vitest';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import { openWorld, shopWorld, WHY } from './workspace.testing.ts';

const RISE = { code: 'refused', message: expect.stringContaining('only by a rollout') };
const REASON = { code: 'invalid', message: expect.stringContaining('needs a reason'), issues: [{ path: '/reason' }] };

async function production() {
  const world = await shopWorld();
  await world.workspace.define('shop', 'f', {}, WHY);
  return { ...world, sluice: world.workspace.environment('shop', 'production') };
}

describe('a protected environment', () => {
  it('takes no share past the first stage by hand, whatever the call', async () => {
    const { sluice, workspace, clock } = await production();
    const { flags, hotSwap, rollouts } = sluice;
    await expect(flags.enableFlag('f', WHY)).rejects.toMatchObject(RISE);
    await expect(flags.setFlag('f', { enabled: true }, WHY)).rejects.toMatchObject(RISE);
    await expect(flags.setFlag('new', { enabled: true, rolloutPercentage: 2 }, WHY)).rejects.toMatchObject(RISE);
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 1 }, WHY);
    await expect(flags.setRolloutPercentage('f', 1.001, WHY)).rejects.toMatchObject(RISE);
    await expect(flags.setRolloutPercentage('f', 50, { ...WHY, force: true })).rejects.toMatchObject(RISE);
    await hotSwap.registerVersion('model', '1.0.0', undefined, WHY);
    await hotSwap.registerVersion('model', '2.0.0', undefined, WHY);
    await expect(hotSwap.swapTo('model', '2.0.0', WHY)).rejects.toMatchObject(RISE);
    const document = await workspace.environment('shop', 'staging').export();
    const opened = { ...document, flags: document.flags.map((flag) => ({ ...flag, status: 'enabled', rolloutPercentage: 100 })) };
    await expect(sluice.import(opened, { ...WHY, onExisting: 'merge' })).rejects.toMatchObject(RISE);
    const staging = workspace.environment('shop', 'staging');
    await staging.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await staging.rollouts.startRollout('f', { strategy: 'canary', unvalidated: true, minExposures: 0 });
    await clock.advance(6 * 3_600_000);
    const rolledOut = await staging.export();
    expect(rolledOut.rollouts).toHaveLength(1);
    await expect(sluice.import(rolledOut, { ...WHY, onExisting: 'merge' })).rejects.toMatchObject(RISE);
    expect(rollouts.listRollouts()).toEqual([]);
  });

  it('refuses a scheduled edit once, at its instant, and makes those of other flags', async () => {
    const { sluice, workspace, store, clock } = await production();
    const { flags } = sluice;
    const problems: string[] = [];
    sluice.on('problem', ({ message }) => void problems.push(message));
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 1 }, WHY);
    await flags.setFlag('z', { enabled: true, rolloutPercentage: 1 }, WHY);
    await flags.scheduleEdit('f', { rolloutPercentage: 80 }, { ...WHY, at: clock.now() + 1_000 });
    await workspace.projects.setProtected('shop', 'production', false, WHY);
    await flags.scheduleEdit('f', { rolloutPercentage: 0 }, { at: clock.now() + 2_000 });
    await workspace.projects.setProtected('shop', 'production', true, WHY);
    await flags.scheduleEdit('z', { rolloutPercentage: 0.5 }, { ...WHY, at: clock.now() + 1_000 });
    await clock.advance(3_600_000);
    expect(['f', 'z'].map((name) => flags.getFlag(name)?.servedPercentage)).toEqual([1, 0.5]);
    expect(flags.listScheduledEdits()).toEqual([]);
    const scope = { project: 'shop', environment: 'production' };
    const log = await store.log({ scope, types: ['schedule.refused', 'schedule.applied'] });
    expect(log.map(({ type, key, reason }) => `${type} ${key}: ${reason}`)).toEqual([
      expect.stringMatching(/^schedule.refused f: .*only by a rollout/),
      expect.stringMatching(/^schedule.applied z: /),
      expect.stringMatching(/^schedule.refused f: .*needs a reason/),
    ]);
    expect(problems).toEqual([expect.stringContaining('only by a rollout'), expect.stringContaining('needs a reason')]);
  });

  it('takes kills, lowering, rollbacks, rollouts and edits of who is named', async () => {
    const { sluice, clock } = await production();
    const { flags, rollouts, rollbacks, abTests } = sluice;
    await flags.addUserToFlag('f', 'ann', WHY);
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 1 }, WHY);
    await rollouts.startRollout('f', { ...WHY, strategy: 'canary', unvalidated: true, minExposures: 0 });
    await clock.advance(6 * 3_600_000);
    expect(flags.getFlag('f')?.servedPercentage).toBe(100);
    await flags.setRolloutPercentage('f', 60, WHY);
    await rollbacks.rollbackGradual('f', { ...WHY, stages: [30] });
    await clock.advance(3_600_000);
    expect(flags.getFlag('f')?.servedPercentage).toBe(30);
    await rollbacks.rollbackTargeted('f', { ...WHY, userIds: ['bob'] });
    await flags.disableFlag('f', WHY);
    expect(flags.getFlag('f')?.servedPercentage).toBe(0);
    // What was killed comes back by a rollout, like everything else that rises.
    await expect(flags.restoreFlag('f', WHY)).rejects.toMatchObject(RISE);
    await abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b' }, WHY);
    await abTests.startTest('t', WHY);
    expect(flags.getFlag('t')?.servedPercentage).toBeGreaterThan(1);
  });

  it('asks for a reason, of a kill too, and then serves what it served', async () => {
    const { sluice } = await production();
    const { flags, rollouts, hotSwap } = sluice;
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 1 }, WHY);
    await flags.addUserToFlag('f', 'ann', WHY);
    await expect(flags.disableFlag('f')).rejects.toMatchObject(REASON);
    await expect(flags.disableFlag('f', { reason: '  ' })).rejects.toMatchObject(REASON);
    expect(flags.isEnabled('f', { userId: 'ann' })).toBe(true);
    await expect(flags.setSegment('s', { members: ['a'] })).rejects.toMatchObject(REASON);
    await expect(rollouts.startRollout('f', { strategy: 'canary', unvalidated: true })).rejects.toMatchObject(REASON);
    await expect(hotSwap.registerVersion('m', '1.0.0')).rejects.toMatchObject(REASON);
  });

  it('begins and ends to be so for the very next change, also on another replica', async () => {
    const store = memoryStore();
    const [one, other] = [await shopWorld(store), await openWorld(store)];
    await one.workspace.define('shop', 'f', {}, WHY);
    const { flags } = other.workspace.environment('shop', 'production');
    await expect(flags.enableFlag('f', WHY)).rejects.toMatchObject(RISE);
    await expect(one.workspace.projects.setProtected('shop', 'production', false, {})).rejects.toMatchObject({ code: 'invalid' });
    await one.workspace.projects.setProtected('shop', 'production', false, WHY);
    await flags.enableFlag('f');
    await one.workspace.projects.setProtected('shop', 'production', true, WHY);
    await expect(flags.addUserToFlag('f', 'u')).rejects.toMatchObject(REASON);
    await flags.setRolloutPercentage('f', 90, WHY);
  });
});

it('a library protects nothing unless it says so', async () => {
  const free = createSluice({ store: memoryStore() });
  await free.flags.setFlag('f', { enabled: true });
  const { flags } = createSluice({ store: memoryStore(), isProtected: true });
  await expect(flags.setFlag('f', { enabled: true }, WHY)).rejects.toMatchObject(RISE);
  await expect(flags.setFlag('f', {})).rejects.toMatchObject(REASON);
  expect(() => createSluice({ store: memoryStore(), isProtected: 'yes' as never })).toThrow('/isProtected must be true or false');
});
