import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import { editFlag } from '../flag/edit.ts';
import { allocationOf, type Flag } from '../flag/flag.ts';
import { ask, BY, flagOf, happen, look, START, type World, watch } from '../rollout/world.testing.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { planGradualRollback } from './rollback.ts';

/** A flag on its way down from 100 %: at 75 % since now, each stage 10 s. */
function descending(): World {
  const flag = flagOf({ share: 100_000 });
  const facts = { scope: DEFAULT_SCOPE, key: flag.key, flag, rollout: undefined, experiment: undefined };
  const change = planGradualRollback(facts, [75, 50, 0], 10_000, BY, START);
  if (change === null || isRefusal(change)) throw new Error('not started');
  const rollout = change.records.find((record) => record.kind === 'rollout');
  const moved = change.records.find((record) => record.kind === 'flag');
  if (rollout?.kind !== 'rollout' || moved?.kind !== 'flag') throw new Error('not started');
  return { now: START, flag: moved, rollout, events: [], step: null, refused: null };
}
function forced(world: World, share: number): World {
  const edited = editFlag(world.flag, { type: 'setShare', share, force: true }, world.now);
  if (isRefusal(edited)) throw new Error(edited.refused);
  return { ...world, flag: edited };
}
const resumed = (world: World): World => happen(world, { type: 'resume', by: BY });

describe('a gradual rollback', () => {
  it('goes down stage by stage and is rolled back at the bottom', () => {
    let world = descending();
    const shares = [world.flag.share];
    for (let second = 0; second < 20; second++) {
      world = look(world);
      shares.push(world.flag.share);
    }
    expect([...new Set(shares)]).toEqual([75_000, 50_000, 0]);
    expect(world.rollout.phase).toMatchObject({ name: 'rolledBack', cause: 'gradual' });
    expect(world.flag.shareOwner).toBeNull();
  });

  it('is held by drift where it is, and resuming writes its stage again and goes on down', () => {
    const drifted = look(forced(watch(descending(), 3_000), 90_000));
    expect(drifted.rollout.phase).toMatchObject({ name: 'held', reason: 'drift', resumesTo: { name: 'rollingBack', stage: 0 } });
    expect(drifted.flag.share).toBe(90_000);
    expect(watch(drifted, 60_000).rollout.phase.name).toBe('held');
    const again = resumed(drifted);
    expect(again.rollout.phase).toMatchObject({ name: 'rollingBack', stage: 0 });
    expect(again.flag.share).toBe(75_000);
    expect(watch(again, 30_000).rollout.phase).toMatchObject({ name: 'rolledBack' });
  });

  it('stands still while it is paused, and then does the rest of its stage', () => {
    const paused = ask(watch(descending(), 6_000), 'pause');
    const later = watch(paused, 3_600_000 / 60);
    expect(later.flag.share).toBe(75_000);
    expect(later.rollout.phase).toMatchObject({ name: 'held', reason: 'manual' });
    const again = watch(resumed(later), 3_000);
    expect(again.flag.share).toBe(75_000);
    expect(watch(again, 1_000).flag.share).toBe(50_000);
  });

  it('is aborted where it is, paused and drifted too: what stands then is nobody’s any more', () => {
    const cases: [World, number][] = [
      [watch(descending(), 12_000), 50_000],
      [ask(descending(), 'pause'), 75_000],
      [look(forced(descending(), 90_000)), 90_000],
    ];
    for (const [before, share] of cases) {
      const aborted = ask(before, 'abort');
      expect(aborted.rollout.phase.name).toBe('aborted');
      expect(aborted.flag).toMatchObject({ share, shareOwner: null, stageGroups: [] });
      expect(allocationOf(aborted.flag)).toEqual(allocationOf({ ...before.flag, stageGroups: [] } as Flag));
    }
  });

  it('opens nothing: promotion, approval and rejection are refused, and a kill ends it', () => {
    const world = descending();
    expect(happen(world, { type: 'promote', full: true, force: true, by: BY }).refused).toContain(
      'it goes back, and opens no stage',
    );
    expect(ask(world, 'approve').refused).toContain('cannot approve');
    expect(ask(world, 'reject').refused).toContain('cannot reject');
    const killed = editFlag(world.flag, { type: 'disable' }, world.now);
    const seen = look({ ...world, flag: killed as Flag });
    expect(seen.rollout.phase).toMatchObject({ name: 'aborted', message: 'the flag was killed' });
    expect(seen.flag.status).toBe('disabled');
  });
});
