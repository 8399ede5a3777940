import { describe, expect, it } from 'vitest';
import type { StageProgress } from './rollout.ts';
import { look, openWorld, validationOf, type World, watch } from './world.testing.ts';

describe('lookAt', () => {
  it('bakes only the rest after a restart, however long it was down', () => {
    const half = watch(openWorld({ unvalidated: true }), 6_000);
    const rested = { ...half, rollout: { ...half.rollout, progress: progressOf(half, { tickedAt: null }) } };
    const back = look(rested, 7 * 86_400_000);
    expect(back.rollout.progress?.bakedMs).toBe(6_000);
    expect(watch(back, 3_000).rollout.phase).toEqual({ name: 'baking', stage: 0 });
    expect(watch(back, 4_000).rollout.phase).toEqual({ name: 'baking', stage: 1 });
  });

  it('does not bake while a criterion has no fresh data', () => {
    const world = openWorld({ criteria: [{ metric: 'errorRate', max: 0.05 }] });
    const silent = watch(world, 30_000, { measurements: [{ kind: 'noData', at: null }] });
    expect(silent.rollout).toMatchObject({ phase: { name: 'baking' }, progress: { bakedMs: 0, observedMs: 30_000 } });
  });

  it('ignores what the validator said of another stage', () => {
    const baked = watch(openWorld(), 10_000);
    const other = look(baked, 1_000, { validation: { ...validationOf(baked, 'harm'), stage: 3 } });
    expect(other.rollout.phase).toEqual({ name: 'baking', stage: 0 });
  });

  it('counts a gap of at most three ticks, and nothing when the clock goes back', () => {
    const world = openWorld();
    expect(look(world, 60_000).rollout.progress).toMatchObject({ bakedMs: 3_000, observedMs: 3_000 });
    expect(look(world, -60_000).rollout.progress).toMatchObject({ bakedMs: 0, observedMs: 0 });
  });

  it('bakes on while only a dry-run criterion has no data', () => {
    const world = openWorld({ criteria: [{ metric: 'errorRate', max: 0.05, dryRun: true }], validatorName: 'check' });
    expect(look(world, 1_000, { measurements: [{ kind: 'noData', at: null }] }).rollout.progress?.bakedMs).toBe(1_000);
  });

  it('takes a measurement that is not there as no data', () => {
    const world = look(openWorld({ criteria: [{ metric: 'errorRate', max: 0.05 }] }), 1_000, { measurements: [] });
    expect(world.rollout.verdicts).toMatchObject([{ verdict: 'wait', value: null }]);
  });

  it('keeps the most exposures it has seen, as counters of a new process start low', () => {
    const world = look(openWorld(), 1_000, { exposures: 70 });
    expect(look(world, 1_000, { exposures: 3 }).rollout.progress?.exposures).toBe(70);
  });

  it('keeps what the validator said until it says something else', () => {
    const told = look(openWorld(), 1_000, { validation: validationOf(openWorld(), 'advance', false) });
    expect(look(told).rollout.progress?.validation).toMatchObject({ outcome: 'advance', atEndOfBake: false });
  });
});

function progressOf(world: World, parts: Partial<StageProgress>): StageProgress | null {
  return world.rollout.progress === null ? null : { ...world.rollout.progress, ...parts };
}
