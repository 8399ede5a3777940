import { describe, expect, it } from 'vitest';
import { SluiceError } from '../error.ts';
import { parseRolloutSettings, type RolloutSettings } from './settings.ts';
import { rolloutStatus } from './status.ts';
import {
  ask,
  BY,
  flagOf,
  happen,
  look,
  openWorld,
  pass,
  START,
  startedWorld,
  validationOf,
  type World,
  watch,
} from './world.testing.ts';

const HOUR = 3_600_000;
const LATER = START + HOUR;
const staged = (more: Partial<RolloutSettings> = {}): Partial<RolloutSettings> => ({
  strategy: 'percentage',
  stages: [10, { percentage: 50, notBefore: LATER }, 100],
  ...more,
});
const stageOf = (world: World): unknown =>
  'stage' in world.rollout.phase ? world.rollout.phase.stage : world.rollout.phase.name;

describe('a stage with notBefore', () => {
  it('is opened at its instant and not before, judged then and not days earlier', () => {
    let world = watch(openWorld(staged()), 60_000);
    expect(world.step?.validate).toBeNull();
    expect(stageOf(world)).toBe(0);
    expect(rolloutStatus(world.rollout, world.flag, { now: world.now, freezeWindows: [] }).waitingFor).toBe(
      `stage 2 is not opened before ${new Date(LATER).toISOString()}`,
    );
    world = look(world, LATER - world.now - 1);
    expect(world.step?.validate).toBeNull();
    world = look(world, 1);
    expect(world.step?.validate).toMatchObject({ atEndOfBake: true });
    world = look(world, 1_000, { validation: validationOf(world, 'advance') });
    expect(stageOf(world)).toBe(1);
  });

  it('goes on being watched meanwhile: harm rolls back', () => {
    const world = watch(openWorld(staged()), 60_000);
    expect(look(world, 1_000, { validation: validationOf(world, 'harm', false) }).rollout.phase.name).toBe('rolledBack');
  });

  it('is not asked an approval of before, and takes force and a reason to be opened all the same', () => {
    const manual = watch(openWorld(staged({ autoAdvance: false })), 60_000);
    expect(manual.rollout.phase.name).toBe('baking');
    const promote = (force: boolean, reason: string): World =>
      happen(manual, { type: 'promote', full: false, force, by: { ...BY, reason } });
    expect(promote(false, 'now').refused).toContain('stage 2 is not opened before');
    expect(promote(true, ' ').refused).toContain('pass force: true and a reason');
    expect(stageOf(promote(true, 'now'))).toBe(1);
    const early = {
      ...manual,
      rollout: { ...manual.rollout, phase: { name: 'awaitingApproval', stage: 0, since: START } as const },
    };
    expect(ask(early, 'approve').refused).toContain('approve it after that');
    expect(stageOf(ask({ ...early, now: LATER }, 'approve'))).toBe(1);
  });

  it('makes the whole rollout wait when it is the first', () => {
    const world = startedWorld({
      strategy: 'percentage',
      stages: [{ percentage: 10, notBefore: LATER }, 100],
      startAt: START + 5,
    });
    expect(world.rollout.phase).toMatchObject({ name: 'pending', startAt: LATER });
    expect(startedWorld(staged({ startAt: LATER + 5 })).rollout.plan.startAt).toBe(LATER + 5);
  });

  it('is refused unless it is an instant, naming the place', () => {
    const parse = (notBefore: unknown) => () =>
      parseRolloutSettings(flagOf(), { ...staged(), unvalidated: true, stages: [10, { percentage: 50, notBefore }] });
    expect(parse('tomorrow')).toThrow(SluiceError);
    expect(parse('tomorrow')).toThrow('/stages/1/notBefore must be an instant');
    expect(parse('2027-01-31T08:00:00Z')).not.toThrow();
  });
});

describe('an approval of the start', () => {
  it('expires by its own deadline, which is that of the stages unless it is given', () => {
    const world = startedWorld({ startApproval: { expiresMs: 5_000 } });
    expect(world.rollout.plan).toMatchObject({ startApproval: true, startApprovalExpiryMs: 5_000, approvalExpiryMs: 24 * HOUR });
    expect(look(world, 4_999).rollout.phase.name).toBe('pending');
    expect(look(world, 5_000).rollout.phase).toMatchObject({ name: 'aborted', message: 'nobody approved the start within 5 s' });
    expect(startedWorld({ startApproval: true, approvalExpiryMs: 7 }).rollout.plan.startApprovalExpiryMs).toBe(7);
  });

  it('is refused in any other form, naming the place', () => {
    for (const startApproval of ['yes', {}, { expiresMs: 0 }, { expiresMs: 1, by: 'ann' }, null])
      expect(() => parseRolloutSettings(flagOf(), { strategy: 'canary', unvalidated: true, startApproval })).toThrow(
        '/startApproval must be true, false or { expiresMs',
      );
  });
});

describe('windows of all rollouts', () => {
  const freezeWindows = [{ from: START + 5_000, to: LATER, reason: 'peak' }];

  it('keep a rollout from starting and a stage from being opened, as its own do', () => {
    const frozen = [{ from: START, to: LATER, reason: 'peak' }];
    const pending = look(startedWorld(), 0, { freezeWindows: frozen });
    expect(pending.rollout.phase.name).toBe('pending');
    expect(look(pending, 1_000, { freezeWindows: frozen }).rollout.phase.name).toBe('pending');
    expect(look(look(pending, HOUR), 1_000).rollout.phase.name).toBe('baking');
    const baked = watch(openWorld(), 11_000, { freezeWindows });
    const held = look(baked, 1_000, { freezeWindows, validation: validationOf(baked, 'advance') });
    expect(held.rollout.phase).toMatchObject({ name: 'held', reason: 'freeze', message: expect.stringContaining('peak') });
    expect(look(held, 1_000, { freezeWindows }).rollout.phase.name).toBe('held');
    expect(look(held, HOUR, { freezeWindows }).rollout.phase.name).toBe('baking');
  });

  it('are asked by approvals and promotions, and by nothing that goes back', () => {
    const waiting = pass(openWorld({ autoAdvance: false }));
    expect(waiting.rollout.phase.name).toBe('awaitingApproval');
    expect(happen(waiting, { type: 'approve', by: BY, freezeWindows }).refused).toContain('approve it after that');
    expect(happen(waiting, { type: 'promote', full: false, by: BY, freezeWindows }).refused).toContain('pass force: true');
    for (const type of ['abort', 'kill', 'reject'] as const) expect(ask(waiting, type).refused).toBeNull();
    const harmed = look(waiting, 1_000, { freezeWindows, validation: validationOf(waiting, 'harm') });
    expect(harmed.rollout.phase.name).toBe('rolledBack');
  });
});
