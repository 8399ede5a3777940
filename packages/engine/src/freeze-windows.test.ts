import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { START } from './rollout-world.testing.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const HOUR = 3_600_000;
async function world(from: number, to: number) {
  const clock = manualClock(START);
  const sluice = createSluice({ store: memoryStore(), clock, freezeWindows: [{ from, to, reason: 'peak season' }] });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  const phase = () => sluice.rollouts.getRolloutStatus('f')?.phase;
  return { ...sluice, clock, phase };
}
const plan = { strategy: 'canary', validate: () => true, bakeMs: 2_000 } as const;

it('keeps every rollout of the process from starting and from opening a stage while a window lasts', async () => {
  const { rollouts, clock, phase } = await world(START, START + HOUR);
  await rollouts.startRollout('f', plan);
  await clock.advance(HOUR - 2_000);
  expect(phase()).toBe('pending');
  await clock.advance(HOUR);
  expect(phase()).toBe('completed');
});

it('stops no rollback, abort or kill, and lets a promotion through only by force', async () => {
  const frozen = await world(START + 1_500, START + HOUR);
  await frozen.rollouts.startRollout('f', plan);
  await frozen.clock.advance(10_000);
  expect(frozen.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'held', state: { reason: 'freeze' } });
  await expect(frozen.rollouts.promoteRollout('f', { reason: 'incident' })).rejects.toThrow('pass force: true');
  await frozen.rollouts.promoteRollout('f', { reason: 'incident', force: true });
  expect(frozen.phase()).toBe('baking');
  const rollback = await frozen.rollbacks.rollbackGradual('f', { reason: 'slow', intervalMs: 1_000, stages: [2, 0] });
  expect(rollback.changed).toBe(true);
  await frozen.clock.advance(3_000);
  expect(frozen.flags.getFlag('f')?.servedPercentage).toBe(0);
  expect(frozen.phase()).toBe('rolled_back');
});

it('is refused when it is no list of windows', () => {
  const bad = () => createSluice({ store: memoryStore(), freezeWindows: [{ from: 5, to: 1 }] });
  expect(bad).toThrow('/freezeWindows/0 must go from');
});
