import { describe, expect, it } from 'vitest';
import { allocationOf, servedShare } from '../flag/flag.ts';
import { forHistories } from './histories.testing.ts';
import { currentStage, isEnded } from './rollout.ts';
import { BY, flagOf, happen, look, measured, openWorld, pass, START, validationOf, watch } from './world.testing.ts';

describe('the history of a rollout', () => {
  it('opens at most one stage in a look, however much time has passed', () => {
    forHistories((before, after, input) => {
      if (input.type !== 'tick' || after.refused !== null) return;
      const from = currentStage(before.rollout.phase) ?? -1;
      expect(currentStage(after.rollout.phase) ?? from).toBeLessThanOrEqual(from + 1);
      if (after.rollout.phase.name === 'completed') expect(from).toBe(after.rollout.plan.stages.length - 1);
    });
  });

  it('lets the share fall only by a rollback, an abort or a rollout that takes over', () => {
    forHistories((before, after) => {
      const isWayBack = after.events.some(({ type }) =>
        ['rollout.rolledBack', 'rollout.aborted', 'rollout.superseded'].includes(type),
      );
      if (!isWayBack) expect(servedShare(after.flag)).toBeGreaterThanOrEqual(servedShare(before.flag));
    });
  });

  it('leaves every group in that was in until the rollout ends', () => {
    forHistories((before, after) => {
      if (!isEnded(after.rollout.phase))
        expect(after.flag.stageGroups).toEqual(expect.arrayContaining([...before.flag.stageGroups]));
    });
  });

  it('bakes no more than was watched: at most three ticks a look, and nothing after a restart', () => {
    forHistories((before, after) => {
      const from = before.rollout.progress;
      const to = after.rollout.progress;
      if (from === null || to === null || from.enteredAt !== to.enteredAt) return;
      const most = from.tickedAt === null ? 0 : Math.min(3 * before.rollout.plan.tickMs, after.now - from.tickedAt);
      expect(to.bakedMs - from.bakedMs).toBeLessThanOrEqual(most);
    });
  });
});

describe('a look', () => {
  it('passes preflight and opens the first stage, writing its share', () => {
    const world = openWorld();
    expect(world.rollout.phase).toEqual({ name: 'baking', stage: 0 });
    expect(world.flag).toMatchObject({ status: 'percentage', share: 1_000, shareOwner: { kind: 'rollout', key: 'checkout' } });
    expect(world.events.map(({ type }) => type)).toEqual(['rollout.advanced']);
  });

  it('takes a canary through 1, 5, 10, 25, 50 and 100 % and completes after the soak, enabled for all and in nobody’s hand', () => {
    let world = openWorld();
    const shares = [world.flag.share];
    while (!isEnded(world.rollout.phase) && shares.length < 10) {
      world = pass(world);
      shares.push(world.flag.share);
    }
    expect(shares).toEqual([1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 100_000]);
    expect(world.rollout).toMatchObject({ phase: { name: 'completed' }, endedAt: world.now, dueAt: null });
    expect(world.flag).toMatchObject({ status: 'enabled', shareOwner: null, stageGroups: [] });
  });

  it('calls the last stage finalizing, and rolls back from there too', () => {
    const soak = happen(openWorld(), { type: 'promote', full: true, by: BY });
    expect(soak.rollout.phase).toEqual({ name: 'finalizing', stage: 5 });
    const harmed = look(soak, 1_000, { validation: validationOf(soak, 'harm') });
    expect(harmed.rollout.phase).toMatchObject({ name: 'rolledBack', cause: 'harm' });
    expect(harmed.flag).toMatchObject({ status: 'percentage', share: 0, shareOwner: null });
  });

  it('stays at a target below 100 % as a percentage', () => {
    const done = pass(openWorld({ targetPercentage: 1 }));
    expect(done.rollout.phase.name).toBe('completed');
    expect(done.flag).toMatchObject({ status: 'percentage', share: 1_000 });
  });

  it('asks for the validator once the bake is over and waits for its answer', () => {
    const world = openWorld();
    expect(watch(world, 9_000).step?.validate).toBeNull();
    const baked = watch(world, 10_000);
    expect(baked.step?.validate).toEqual({ percentage: 1, atEndOfBake: true });
    expect(baked.step?.changed).toBe(false);
    expect(watch(baked, 60_000).rollout.phase).toEqual({ name: 'baking', stage: 0 });
  });

  it('does not take a run that began before the end of the bake as the answer to it', () => {
    const baked = watch(openWorld(), 10_000);
    const early = look(baked, 1_000, { validation: validationOf(baked, 'advance', false) });
    expect(early.rollout.phase).toEqual({ name: 'baking', stage: 0 });
    expect(early.step?.validate).toEqual({ percentage: 1, atEndOfBake: true });
  });

  it('asks for the validator every so often, also while it waits for units and for an approval', () => {
    const world = watch(openWorld({ validateEveryMs: 4_000 }), 3_000);
    expect(world.step?.validate).toBeNull();
    expect(look(world).step?.validate).toEqual({ percentage: 1, atEndOfBake: false });
    const few = watch(openWorld({ validateEveryMs: 4_000, minExposures: 5_000 }), 20_000);
    expect(few.step?.validate).toEqual({ percentage: 1, atEndOfBake: false });
    const waiting = pass(openWorld({ validateEveryMs: 4_000, autoAdvance: false }));
    expect(watch(waiting, 5_000).step?.validate).toEqual({ percentage: 1, atEndOfBake: false });
  });

  it('waits for enough exposures', () => {
    const few = watch(openWorld({ criteria: [{ metric: 'errorRate', max: 0.05 }] }), 20_000, { exposures: 99 });
    expect(few.rollout.phase).toEqual({ name: 'baking', stage: 0 });
    expect(look(few, 1_000, { exposures: 100 }).rollout.phase).toEqual({ name: 'baking', stage: 1 });
  });

  it('restores exactly what was there, with the evidence, when a criterion fails before the bake is over', () => {
    const flag = flagOf({ status: 'whitelist', share: 40_000, enabledUsers: ['ada'] });
    const world = openWorld({ criteria: [{ metric: 'errorRate', max: 0.05 }] }, flag);
    const harmed = look(world, 1_000, { measurements: [measured(0.2, world.now)], exposures: 321 });
    expect(harmed.rollout.phase).toMatchObject({
      name: 'rolledBack',
      cause: 'harm',
      message: 'errorRate is 0.2 over 1000 samples, above 0.05',
    });
    expect(harmed.flag).toMatchObject({ ...allocationOf(flag), shareOwner: null });
    const detail = { cause: 'harm', stage: 0, percentage: 1, exposures: 321, fromPercentage: 1, toPercentage: 0 };
    expect(harmed.events[0]).toMatchObject({ type: 'rollout.rolledBack', detail });
    expect(harmed.events[0]?.detail.verdicts).toMatchObject([{ criterion: 'errorRate', verdict: 'fail', value: 0.2 }]);
  });

  it('shows a dry-run criterion that fails and does not obey it', () => {
    const criteria = [{ metric: 'errorRate', max: 0.05, dryRun: true }];
    const world = look(openWorld({ criteria, validatorName: 'check' }), 1_000, { measurements: [measured(0.9, START)] });
    expect(world.rollout).toMatchObject({ phase: { name: 'baking' }, verdicts: [{ verdict: 'fail', dryRun: true }] });
  });

  it('never undoes a kill: a disabled, archived or missing flag ends it and stays as it is', () => {
    const world = openWorld();
    for (const flag of [{ ...world.flag, status: 'disabled' as const }, { ...world.flag, archivedAt: START }, null]) {
      const after = look(world, 1_000, { flag });
      expect(after.rollout.phase).toMatchObject({ name: 'aborted' });
      expect(after.step).toMatchObject({ allocation: null, releaseShare: true });
    }
  });

  it('warns of a ring that reached nobody', () => {
    const next = watch(openWorld({ strategy: 'ring', unvalidated: true }), 10_000, { exposures: 0 });
    expect(next.rollout.phase).toEqual({ name: 'baking', stage: 1 });
    expect(next.rollout.warnings).toEqual(['the stage at 1 % reached nobody: no unit served was in internal']);
  });
});
