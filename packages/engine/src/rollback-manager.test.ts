import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const MINUTE = 60_000;

async function world(rolloutPercentage = 100) {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage });
  return {
    clock,
    sluice,
    flags: sluice.flags,
    rollbacks: sluice.rollbacks,
    share: () => sluice.flags.getFlag('f')?.servedPercentage,
  };
}

describe('rollbackImmediate', () => {
  it('turns the flag off for everybody at once and tells what it did', async () => {
    const { flags, rollbacks, share } = await world(40);
    const result = await rollbacks.rollbackImmediate('f', { reason: 'High error rate detected', actor: 'ann' });
    expect(result).toMatchObject({
      changed: true,
      fromPercentage: 40,
      toPercentage: 0,
      status: 'completed',
      actor: 'ann',
      reason: 'High error rate detected',
    });
    expect(share()).toBe(0);
    expect(flags.getFlag('f')).toMatchObject({ status: 'disabled', rolloutPercentage: 40 });
    expect(await rollbacks.rollbackImmediate('f', { reason: 'again' })).toMatchObject({ changed: false, id: null });
    expect(await rollbacks.getRollbackHistory()).toMatchObject([
      { id: result.id, strategy: 'immediate', actor: 'ann', fromPercentage: 40, toPercentage: 0 },
    ]);
  });

  it('is in the history with kills, each act once and as many as were asked for', async () => {
    const { flags, rollbacks } = await world(40);
    await flags.disableFlag('f', { reason: 'errors', actor: 'bob' });
    for (const reason of ['first', 'second']) {
      await flags.restoreFlag('f');
      await rollbacks.rollbackImmediate('f', { reason });
    }
    const history = await rollbacks.getRollbackHistory();
    const immediate = { strategy: 'immediate', fromPercentage: 40, toPercentage: 0 };
    expect(history).toMatchObject([
      { ...immediate, reason: 'second' },
      { ...immediate, reason: 'first' },
      { ...immediate, reason: 'errors', actor: 'bob' },
    ]);
    expect((await rollbacks.getRollbackHistory({ limit: 2 })).map(({ reason }) => reason)).toEqual(['second', 'first']);
    const kill = history.at(-1)?.id ?? 0;
    expect(await rollbacks.getRollbackReport(kill)).toMatchObject({ id: kill, strategy: 'immediate', reason: 'errors' });
    for (const limit of [0, 1001])
      await expect(rollbacks.getRollbackHistory({ limit })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('needs a reason and a flag that exists', async () => {
    const { rollbacks } = await world();
    await expect(rollbacks.rollbackImmediate('f', {} as never)).rejects.toThrow('needs a reason');
    await expect(rollbacks.rollbackTargeted('f', { reason: ' ', userIds: ['u'] })).rejects.toThrow('needs a reason');
    await expect(rollbacks.rollbackGradual('f', {} as never)).rejects.toThrow('needs a reason');
    await expect(rollbacks.rollbackImmediate('nope', { reason: 'r' })).rejects.toMatchObject({ code: 'notFound' });
  });

  it('is never refused: a rollout in any phase ends', async () => {
    const { clock, sluice, rollbacks, share } = await world(0);
    await sluice.rollouts.startRollout('f', { strategy: 'canary', validate: () => true, autoAdvance: false });
    await clock.advance(6 * MINUTE);
    await rollbacks.rollbackImmediate('f', { reason: 'pager' });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'aborted' });
    expect(share()).toBe(0);
  });
});

describe('rollbackTargeted', () => {
  it('excludes the named users and nobody else, survives a new rollout, and is lifted by addUserToFlag', async () => {
    const { clock, sluice, flags, rollbacks } = await world(50);
    const isOn = (userId: string): boolean => flags.isEnabled('f', { userId });
    const users = Array.from({ length: 200 }, (_, i) => `u${i}`);
    const before = users.filter(isOn);
    const [first = '', second = ''] = before;
    expect(await rollbacks.rollbackTargeted('f', { reason: 'User reports', userIds: [first, second] })).toMatchObject({
      changed: true,
      status: 'completed',
    });
    expect(users.filter(isOn)).toEqual(before.filter((user) => user !== first && user !== second));
    await sluice.rollouts.startRollout('f', { strategy: 'percentage', stages: [100], validate: () => true });
    await clock.advance(10 * MINUTE);
    expect(users.filter((user) => !isOn(user))).toEqual([first, second]);
    await flags.addUserToFlag('f', first);
    expect(users.filter((user) => !isOn(user))).toEqual([second]);
  });

  it('leaves a rollout running', async () => {
    const { sluice, rollbacks } = await world(0);
    await sluice.rollouts.startRollout('f', { strategy: 'canary', validate: () => true });
    await rollbacks.rollbackTargeted('f', { reason: 'r', userIds: ['u'] });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'baking' });
    await expect(rollbacks.rollbackTargeted('f', { reason: 'r', userIds: [] })).rejects.toThrow('userIds');
  });
});

describe('rollbackGradual', () => {
  it('goes 100, 75, 50, 0 %, a minute each, and keeps who was in longest', async () => {
    const { clock, flags, rollbacks, share } = await world();
    const rollback = await rollbacks.rollbackGradual('f', { reason: 'Performance degradation' });
    expect(rollback).toMatchObject({ changed: true, status: 'inProgress', fromPercentage: 100, toPercentage: 75 });
    const users = Array.from({ length: 300 }, (_, i) => ({ userId: `u${i}` }));
    let inside = users.filter((unit) => flags.isEnabled('f', unit));
    for (const percentage of [75, 50, 0]) {
      expect(share()).toBe(percentage);
      const now = users.filter((unit) => flags.isEnabled('f', unit));
      expect(now.every((unit) => inside.includes(unit))).toBe(true);
      inside = now;
      await clock.advance(MINUTE);
    }
    expect(await rollback.completed()).toMatchObject({ status: 'completed', toPercentage: 0, durationMs: 2 * MINUTE });
    expect(flags.getFlag('f')).toMatchObject({ status: 'percentage', shareOwner: null });
    expect(await rollbacks.getRollbackHistory()).toMatchObject([{ strategy: 'gradual', fromPercentage: 100, toPercentage: 0 }]);
  });

  it('skips stages that are not below the share, takes its own, and can be paused and stopped where it is', async () => {
    const { clock, sluice, rollbacks, share } = await world(60);
    await rollbacks.rollbackGradual('f', { reason: 'r', stages: [75, 50, 25, 0], intervalMs: 10_000 });
    expect(share()).toBe(50);
    await sluice.rollouts.pauseRollout('f');
    await clock.advance(MINUTE);
    expect(share()).toBe(50);
    await sluice.rollouts.resumeRollout('f');
    await clock.advance(11_000);
    expect(share()).toBe(25);
    await sluice.rollouts.abortRollout('f');
    await clock.advance(MINUTE);
    expect(share()).toBe(25);
    expect(await rollbacks.rollbackGradual('f', { reason: 'r', stages: [80, 30] })).toMatchObject({ changed: false });
  });

  it('takes over from a rollout under way, in one commit', async () => {
    const { clock, sluice, rollbacks, share } = await world(0);
    const superseded: unknown[] = [];
    sluice.on('rollout.superseded', (event) => superseded.push(event.record));
    await sluice.rollouts.startRollout('f', { strategy: 'canary', validate: () => true });
    await clock.advance(21 * MINUTE);
    expect(share()).toBe(50);
    await rollbacks.rollbackGradual('f', { reason: 'r', intervalMs: 1000, stages: [20, 0] });
    expect(superseded).toMatchObject([{ number: 1, phase: { name: 'superseded' } }]);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ number: 2, phase: 'rolling_back', currentPercentage: 20 });
    await clock.advance(3000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'rolled_back', error: null });
  });

  it('names what is wrong with its stages', async () => {
    const { rollbacks } = await world();
    await expect(rollbacks.rollbackGradual('f', { reason: 'r', stages: [50, 75] })).rejects.toThrow(
      'stages[1] must be below the stage before it, 50; it is 75',
    );
    await expect(rollbacks.rollbackGradual('f', { reason: 'r', stages: [50, -1] })).rejects.toThrow('must be from 0 to 100');
    await expect(rollbacks.rollbackGradual('f', { reason: 'r', intervalMs: Number.NaN })).rejects.toThrow('intervalMs');
  });
});
