import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import type { Flag } from '../flag/flag.ts';
import { parseRolloutSettings } from './settings.ts';
import { startRollback, startRollout } from './start.ts';
import { BY, flagOf, openWorld, START, type World, watch } from './world.testing.ts';

function start(flag: Flag, previous = openWorld().rollout): ReturnType<typeof startRollout> {
  const plan = parseRolloutSettings(flagOf(), { strategy: 'canary', unvalidated: true });
  return startRollout(flag, plan, previous, BY, START);
}

describe('startRollout', () => {
  it('begins with preflight, remembers what was there, and counts the rollouts of the flag', () => {
    const flag = flagOf({ share: 3_000 });
    const rollout = start(flag, { ...openWorld().rollout, number: 4, revision: 17 });
    expect(rollout).toMatchObject({
      phase: { name: 'preflight' },
      number: 5,
      revision: 18,
      before: { share: 3_000 },
      applied: null,
      dueAt: START,
    });
    expect(rollout).toMatchObject({ startedBy: 'ada', reason: 'because' });
  });

  it('is refused for a killed or archived flag, and names who moves the share', () => {
    const refusals = [
      start(flagOf({ status: 'disabled' })),
      start(flagOf({ archivedAt: START })),
      start(flagOf({ shareOwner: { kind: 'rollout', key: 'checkout' } })),
      start(flagOf({ shareOwner: { kind: 'experiment', key: 'colour' } })),
    ];
    expect(refusals.every(isRefusal)).toBe(true);
    expect(refusals.map((refusal) => isRefusal(refusal) && refusal.code)).toEqual(['refused', 'refused', 'conflict', 'conflict']);
    expect(refusals[0]).toMatchObject({ refused: expect.stringContaining('restoreFlag("checkout")') });
    expect(refusals[1]).toMatchObject({ refused: expect.stringMatching(/is archived, .*make a flag of another name/) });
    expect(refusals[3]).toMatchObject({ refused: expect.stringContaining('the test "colour"') });
  });
});

describe('startRollback', () => {
  it('takes a gradual rollback down by its interval and ends at its last stage', () => {
    const flag = flagOf({ status: 'enabled', share: 100_000 });
    const { rollout, allocation } = startRollback(flag, [75, 50, 0], 5_000, { number: 3, revision: 9 }, BY, START);
    let world: World = {
      ...openWorld(),
      now: START,
      rollout,
      flag: { ...flag, ...allocation, shareOwner: { kind: 'rollout', key: flag.key } },
    };
    expect(world.flag).toMatchObject({ status: 'percentage', share: 75_000 });
    world = watch(world, 5_000);
    expect(world.flag.share).toBe(50_000);
    expect(world.events).toMatchObject([{ type: 'rollout.steppedDown', detail: { stage: 1, percentage: 50 } }]);
    world = watch(world, 5_000);
    expect(world.flag).toMatchObject({ share: 0, status: 'percentage', shareOwner: null });
    expect(world.rollout).toMatchObject({ number: 4, phase: { name: 'rolledBack', cause: 'gradual' } });
  });
});
