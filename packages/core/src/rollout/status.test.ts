import { describe, expect, it } from 'vitest';
import { startRollback } from './start.ts';
import { RolloutPhase, rolloutStatus } from './status.ts';
import {
  ask,
  BY,
  flagOf,
  happen,
  look,
  measured,
  openWorld,
  pass,
  START,
  startedWorld,
  validationOf,
  type World,
  watch,
} from './world.testing.ts';

const statusOf = (world: World): ReturnType<typeof rolloutStatus> =>
  rolloutStatus(world.rollout, world.flag, { now: world.now, freezeWindows: [] });
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
    const refused = statusOf(look(startedWorld(), 0, { sourceProblem: 'no such source' }));
    expect(refused).toMatchObject({ phase: RolloutPhase.FAILED, error: 'no such source', endedBecause: null });
    expect(statusOf(look(startedWorld(), 0, { validator: 'missing' })).waitingFor).toContain('needs the validator "check"');
  });

  it('says by whom and why a rollout ended that did not fail', () => {
    expect(statusOf(ask(openWorld(), 'abort'))).toMatchObject({ endedBecause: 'aborted by ada: because', error: null });
    expect(statusOf(ask(openWorld(), 'supersede')).endedBecause).toBe('superseded by ada: because');
    expect(statusOf(ask(openWorld(), 'kill')).endedBecause).toBe('the flag was killed by ada: because');
    expect(statusOf(openWorld()).endedBecause).toBeNull();
  });

  it('speaks of a hold for data from what the last look found, not from what began it', () => {
    const criteria = [{ metric: 'errorRate', max: 0.05, staleAfterMs: 1_000 }];
    const silent = { measurements: [{ kind: 'noData', at: null } as const] };
    const held = look(openWorld({ criteria }), 1_500, silent);
    expect(statusOf(held)).toMatchObject({ phase: 'held', waitingFor: 'data: no sample of errorRate for 2 s' });
    expect(statusOf(look(held, 3_600_000, silent)).waitingFor).toBe('data: no sample of errorRate for 1 h 2 s');
  });

  it('tells a bake below a second in milliseconds, and nothing of a bake at the bottom of a gradual rollback', () => {
    expect(statusOf(look(openWorld({ bakeMs: 500 }), 200)).waitingFor).toBe('the bake: 200 ms of 500 ms observed');
    const flag = flagOf({ share: 50_000 });
    const { rollout } = startRollback(flag, [0], 60_000, { number: 0, revision: 0 }, BY, START);
    expect(statusOf({ ...openWorld(), rollout, flag: { ...flag, ...rollout.applied } }).waitingFor).toBe('the next look');
  });

  it('warns of a ring that is far larger than it was called as soon as that is seen', () => {
    const ring = { strategy: 'ring', unvalidated: true } as const;
    const large = look(openWorld(ring), 1_000, { exposures: 500, seen: 1_000 });
    const warning = 'the stage at 1 % reached 50 %: 500 of 1000 units served were in internal';
    expect(statusOf(large).warnings).toEqual([warning]);
    expect(watch(large, 10_000, { exposures: 500, seen: 1_000 }).rollout.warnings).toEqual([warning]);
    expect(statusOf(look(openWorld(ring), 1_000, { exposures: 30, seen: 1_000 })).warnings).toEqual([]);
    expect(statusOf(look(openWorld(ring), 1_000, { exposures: 9, seen: 10 })).warnings).toEqual([]);
  });

  it('tells at once of a share that was moved by force, and not once the rollout is held for it or by hand', () => {
    const moved = (world: World): World => ({ ...world, flag: { ...world.flag, share: 50_000 } });
    const forced = moved(openWorld());
    const said = 'the flag stands at 50 % (percentage) and the rollout wrote 1 %; resume to write it again, or abort';
    expect(statusOf(forced)).toMatchObject({ phase: 'baking', waitingFor: `the next look, which will hold it: ${said}` });
    expect(statusOf(look(forced))).toMatchObject({ phase: 'held', waitingFor: `resumeRollout: ${said}` });
    expect(statusOf(moved(ask(openWorld(), 'pause'))).waitingFor).toBe('resumeRollout: because');
    expect(statusOf(moved(ask(openWorld(), 'abort'))).waitingFor).toBeNull();
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
    expect(rolloutStatus({ ...soak.rollout, phase }, undefined, { now: START, freezeWindows: [] })).toMatchObject({
      phase: RolloutPhase.ROLLED_BACK,
      error: null,
      currentPercentage: 0,
    });
  });
});
