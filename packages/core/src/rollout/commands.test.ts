import { describe, expect, it } from 'vitest';
import { allocationOf, type Flag } from '../flag/flag.ts';
import { startRollback } from './start.ts';
import {
  ask,
  BY,
  factsOf,
  flagOf,
  happen,
  look,
  openWorld,
  pass,
  START,
  startedWorld,
  type World,
  watch,
} from './world.testing.ts';

const promote = (world: World, full = false): World => happen(world, { type: 'promote', full, by: BY });
const typesOf = (world: World): string[] => world.events.map(({ type }) => type);

describe('pause and resume', () => {
  it('holds the rollout where it is, keeps the bake so far and goes on with the rest', () => {
    const paused = ask(watch(openWorld({ unvalidated: true }), 6_000), 'pause');
    expect(paused.rollout.phase).toMatchObject({
      name: 'held',
      reason: 'manual',
      message: 'because',
      resumesTo: { name: 'baking', stage: 0 },
    });
    const later = watch(paused, 120_000);
    expect(later.rollout).toMatchObject({ phase: { name: 'held' }, progress: { bakedMs: 6_000, tickedAt: null } });
    const resumed = ask(later, 'resume');
    expect(typesOf(resumed)).toEqual(['rollout.resumed']);
    expect(watch(resumed, 3_000).rollout.phase).toEqual({ name: 'baking', stage: 0 });
    expect(watch(resumed, 4_000).rollout.phase).toEqual({ name: 'baking', stage: 1 });
  });

  it('rolls back on harm also while paused', () => {
    const paused = ask(openWorld({ criteria: [{ metric: 'errorRate', max: 0.05 }] }), 'pause');
    const harmed = look(paused, 1_000, { measurements: [{ kind: 'value', value: 0.5, samples: 100, at: START + 1_000 }] });
    expect(harmed.rollout.phase).toMatchObject({ name: 'rolledBack', cause: 'harm' });
  });

  it('makes a hold that would clear by itself wait for a person', () => {
    const missing = look(openWorld(), 1_000, { validator: 'missing' });
    const paused = ask(missing, 'pause');
    expect(look(missing).rollout.phase.name).toBe('baking');
    expect(look(paused).rollout.phase).toMatchObject({ name: 'held', reason: 'manual' });
  });

  it('refuses with words what is not possible', () => {
    const world = openWorld();
    expect(ask(world, 'resume').refused).toBe('rollout of "checkout": cannot resume, it is not held');
    expect(ask(ask(world, 'pause'), 'pause').refused).toBe('rollout of "checkout": cannot pause, it is paused already');
    expect(ask(startedWorld(), 'pause').refused).toBe(
      'rollout of "checkout": cannot pause, it is in preflight; abort it instead',
    );
  });
});

describe('approve', () => {
  it('is asked for after the checks of each stage, and opens the next with who approved', () => {
    const waiting = pass(openWorld({ autoAdvance: false, targetPercentage: 5 }));
    expect(waiting.rollout.phase).toMatchObject({ name: 'awaitingApproval', stage: 0 });
    expect(watch(waiting, 60_000).rollout.phase.name).toBe('awaitingApproval');
    const approved = ask(waiting, 'approve');
    expect(approved.flag.share).toBe(5_000);
    expect(approved.events).toMatchObject([
      { type: 'rollout.approved', actor: 'ada', detail: { approvedBy: 'ada', stage: 0 } },
      { type: 'rollout.finalizing' },
    ]);
    const soaked = pass(approved);
    expect(soaked.rollout.phase).toMatchObject({ name: 'awaitingApproval', stage: 1 });
    expect(ask(soaked, 'approve')).toMatchObject({
      rollout: { phase: { name: 'completed' } },
      flag: { share: 5_000, shareOwner: null },
    });
  });

  it('is refused before the checks have passed', () => {
    expect(ask(openWorld({ autoAdvance: false }), 'approve').refused).toContain(
      'it is not waiting for an approval, it is in baking',
    );
  });

  it('does not keep harm from rolling back', () => {
    const waiting = pass(openWorld({ autoAdvance: false, criteria: [{ metric: 'errorRate', max: 0.05 }] }));
    expect(waiting.rollout.phase.name).toBe('awaitingApproval');
    const harmed = look(waiting, 1_000, { measurements: [{ kind: 'value', value: 0.5, samples: 100, at: waiting.now }] });
    expect(harmed.rollout.phase.name).toBe('rolledBack');
  });
});

describe('promote', () => {
  it('opens the next stage at once, marked as without evidence', () => {
    const promoted = promote(openWorld());
    expect(promoted.flag.share).toBe(5_000);
    expect(promoted.events[0]).toMatchObject({
      type: 'rollout.promoted',
      detail: { stage: 0, full: false, withoutEvidence: true },
    });
  });

  it('opens the last stage with full, also out of a hold, and completes from there', () => {
    const soak = promote(ask(openWorld(), 'pause'), true);
    expect(soak).toMatchObject({ flag: { share: 100_000 }, rollout: { phase: { name: 'finalizing', stage: 5 } } });
    const done = promote(soak);
    expect(done).toMatchObject({ flag: { status: 'enabled', shareOwner: null }, rollout: { phase: { name: 'completed' } } });
  });

  it('is refused before the first stage and in a rollback', () => {
    expect(promote(startedWorld()).refused).toBe('rollout of "checkout": cannot promote, it is in preflight');
    const flag = flagOf({ share: 90_000 });
    const { rollout } = startRollback(flag, [50, 0], 1_000, { number: 0, revision: 0 }, BY, START);
    expect(promote({ ...openWorld(), flag, rollout }).refused).toContain('cannot promote, it is in rollingBack');
  });
});

describe('abort, kill and supersede', () => {
  it('gives everybody back what they had on abort', () => {
    const flag = flagOf({ share: 3_000 });
    const aborted = ask(promote(openWorld({}, flag)), 'abort');
    expect(aborted.rollout.phase).toEqual({ name: 'aborted', message: 'aborted by ada: because' });
    expect(aborted.flag).toMatchObject({ ...allocationOf(flag), shareOwner: null });
    expect(typesOf(aborted)).toEqual(['rollout.aborted']);
  });

  it('leaves an aborted gradual rollback where it is, and one that never began as it was', () => {
    const flag = flagOf({ share: 90_000 });
    const { rollout, allocation } = startRollback(flag, [50, 0], 1_000, { number: 0, revision: 0 }, BY, START);
    const stopped = ask(
      { ...openWorld(), rollout, flag: { ...flag, ...allocation, shareOwner: { kind: 'rollout', key: flag.key } } },
      'abort',
    );
    expect(stopped.flag).toMatchObject({ share: 50_000, shareOwner: null });
    expect(ask(startedWorld({}, flag), 'abort').flag).toMatchObject({ share: 90_000, shareOwner: null });
  });

  it('never undoes a kill, whatever is asked for: the rollout ends and the flag stays as it is', () => {
    const opened = openWorld({ autoAdvance: false });
    const drifted = look({ ...opened, flag: { ...opened.flag, share: 60_000 } });
    expect(drifted.rollout.phase).toMatchObject({ reason: 'drift' });
    const gone: Record<string, Flag> = {
      killed: { ...opened.flag, status: 'disabled', statusBeforeKill: 'percentage' },
      archived: { ...opened.flag, archivedAt: START },
    };
    for (const [how, flag] of Object.entries(gone)) {
      const asked = [
        promote({ ...opened, flag }, true),
        ask({ ...pass(opened), flag }, 'approve'),
        ask({ ...opened, flag }, 'abort'),
        ask({ ...drifted, flag }, 'resume'),
      ];
      for (const after of asked) {
        expect(after.rollout.phase, how).toMatchObject({ name: 'aborted', message: expect.stringMatching(/killed|gone/) });
        expect(after.flag, how).toMatchObject({ status: flag.status, archivedAt: flag.archivedAt, shareOwner: null });
      }
    }
  });

  it('ends aborted on a kill and writes no share', () => {
    const killed = ask(openWorld(), 'kill');
    expect(killed).toMatchObject({ rollout: { phase: { name: 'aborted' } }, step: { allocation: null, releaseShare: true } });
  });

  it('ends superseded by whom and why, and leaves the share to whoever takes it over', () => {
    const superseded = ask(promote(openWorld()), 'supersede');
    expect(superseded.rollout.phase).toEqual({ name: 'superseded', message: 'superseded by ada: because' });
    expect(superseded.flag).toMatchObject({ share: 5_000, shareOwner: null });
  });

  it('refuses everything after the end', () => {
    const done = ask(openWorld(), 'abort');
    for (const type of ['pause', 'resume', 'approve', 'abort', 'kill', 'supersede'] as const)
      expect(ask(done, type).refused).toBe(`rollout of "checkout": cannot ${type}, it is aborted`);
    expect(happen(done, { type: 'tick', facts: factsOf(done) }).refused).toContain('cannot tick');
  });
});
