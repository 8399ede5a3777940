import { describe, expect, it } from 'vitest';
import { RolloutPhase, rolloutStatus } from './status.ts';
import {
  ask,
  BY,
  happen,
  look,
  measured,
  openWorld,
  pass,
  startedWorld,
  validationOf,
  type World,
  watch,
} from './world.testing.ts';

const statusOf = (world: World): ReturnType<typeof rolloutStatus> => rolloutStatus(world.rollout, world.flag);
const CRITERIA = [{ metric: 'errorRate', max: 0.05 }];

describe('rolloutStatus', () => {
  it('tells the stage and how much of its bake is left', () => {
    expect(statusOf(watch(openWorld(), 4_000))).toMatchObject({
      flag: 'checkout',
      number: 1,
      strategy: 'canary',
      phase: RolloutPhase.BAKING,
      state: { name: 'baking', stage: 0 },
      currentPercentage: 1,
      stage: 0,
      stagePercentages: [1, 5, 10, 25, 50, 100],
      bakeRemainingMs: 6_000,
      exposures: 1_000,
      waitingFor: 'the bake: 4 s of 10 s observed',
      error: null,
      endedAt: null,
    });
  });

  it('says what a rollout waits for', () => {
    expect(statusOf(watch(openWorld(), 10_000)).waitingFor).toBe('the validator "check"');
    expect(statusOf(watch(openWorld({ criteria: CRITERIA }), 10_000, { exposures: 57 })).waitingFor).toBe(
      '57 of 100 units served',
    );
    const few = { measurements: [measured(0, openWorld().now + 10_000, 3)] };
    expect(statusOf(watch(openWorld({ criteria: CRITERIA }), 10_000, few)).waitingFor).toBe('3 of 20 samples of errorRate');
    expect(statusOf(pass(openWorld({ autoAdvance: false }))).waitingFor).toBe('approveStage, after stage 1 of 6');
    expect(statusOf(ask(openWorld(), 'pause'))).toMatchObject({
      phase: 'held',
      stage: 0,
      currentPercentage: 1,
      waitingFor: 'resumeRollout: because',
    });
    expect(statusOf(startedWorld())).toMatchObject({
      phase: 'preflight',
      stage: null,
      currentPercentage: 0,
      bakeRemainingMs: null,
    });
  });

  it('calls harm and a refused preflight failed, with the error', () => {
    const world = openWorld();
    const harmed = statusOf(look(world, 1_000, { validation: validationOf(world, 'harm') }));
    expect(harmed).toMatchObject({
      phase: RolloutPhase.FAILED,
      error: 'validator "check" said harm',
      currentPercentage: 0,
      waitingFor: null,
      stage: null,
    });
    const refused = statusOf(look(startedWorld(), 0, { validator: 'missing' }));
    expect(refused).toMatchObject({ phase: RolloutPhase.FAILED, error: 'validator "check" is not registered' });
  });

  it('tells the other ends apart', () => {
    const soak = happen(openWorld(), { type: 'promote', full: true, by: BY });
    expect(statusOf(soak).phase).toBe(RolloutPhase.FINALIZING);
    const done = statusOf(pass(soak));
    expect(done).toMatchObject({ phase: RolloutPhase.COMPLETED, currentPercentage: 100, error: null });
    expect(done.endedAt).toBeInstanceOf(Date);
    expect(statusOf(ask(openWorld(), 'abort'))).toMatchObject({ phase: RolloutPhase.ABORTED, currentPercentage: 0 });
    expect(statusOf(ask(openWorld(), 'supersede')).phase).toBe(RolloutPhase.SUPERSEDED);
    const phase = { name: 'rolledBack', cause: 'gradual', message: '' } as const;
    expect(rolloutStatus({ ...soak.rollout, phase }, undefined)).toMatchObject({
      phase: RolloutPhase.ROLLED_BACK,
      error: null,
      currentPercentage: 0,
    });
  });
});
