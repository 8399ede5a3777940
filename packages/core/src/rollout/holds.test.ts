import { describe, expect, it } from 'vitest';
import type { Measurement } from '../analysis/criterion.ts';
import { servedShare } from '../flag/flag.ts';
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

const CRITERIA = [{ metric: 'errorRate', max: 0.05 }];
const SILENCE: readonly Measurement[] = [{ kind: 'noData', at: null }];
const OUTAGE: readonly Measurement[] = [{ kind: 'error', cause: 'provider', message: 'the source is down' }];

function edited(world: World, share: number): World {
  return { ...world, flag: { ...world.flag, share } };
}

describe('holds for data', () => {
  it('waits through a grace of silence, then holds, and goes on by itself when data is back', () => {
    const world = openWorld({ criteria: CRITERIA });
    const quiet = watch(world, 60_000, { measurements: SILENCE });
    expect(quiet.rollout.phase.name).toBe('baking');
    const held = look(quiet, 1_000, { measurements: SILENCE });
    expect(held.rollout.phase).toMatchObject({ name: 'held', reason: 'noData', message: 'no sample of errorRate for 1 min 1 s' });
    const back = look(held);
    expect(back.rollout.phase).toEqual({ name: 'baking', stage: 0 });
    expect(back.events).toMatchObject([{ type: 'rollout.resumed', reason: 'data is back' }]);
  });

  it('holds at once for a source that is down or answers NaN, and clears by itself', () => {
    const world = openWorld({ criteria: CRITERIA });
    const outage = look(world, 1_000, { measurements: OUTAGE });
    expect(outage.rollout.phase).toMatchObject({ name: 'held', reason: 'provider', message: 'the source is down' });
    expect(watch(outage, 60_000, { measurements: OUTAGE }).rollout.progress?.bakedMs).toBe(0);
    expect(look(outage).rollout.phase.name).toBe('baking');
    const broken = look(world, 1_000, { measurements: [measured(Number.NaN, world.now)] });
    expect(broken.rollout.phase).toMatchObject({ name: 'held', reason: 'noData' });
  });

  it('leaves a question that cannot be asked to a person', () => {
    const measurements: readonly Measurement[] = [{ kind: 'error', cause: 'badQuery', message: 'there is no metric source "x"' }];
    const held = look(openWorld({ criteria: CRITERIA }), 1_000, { measurements });
    expect(held.rollout.phase).toMatchObject({ name: 'held', reason: 'error', clearsWith: null });
    expect(look(held).rollout.phase.name).toBe('held');
  });
});

describe('holds for the validator', () => {
  it('holds for an error of the validator, and runs it again after resume', () => {
    const baked = watch(openWorld(), 10_000);
    const held = look(baked, 1_000, { validation: validationOf(baked, 'error') });
    expect(held.rollout.phase).toMatchObject({ name: 'held', reason: 'error', message: 'validator "check" said error' });
    expect(watch(held, 60_000).rollout.phase.name).toBe('held');
    const resumed = look(ask(held, 'resume'));
    expect(resumed.rollout.phase.name).toBe('baking');
    expect(resumed.step?.validate).toEqual({ percentage: 1, atEndOfBake: true });
  });

  it('holds while the validator is not registered and goes on by itself when it is', () => {
    const held = look(openWorld(), 1_000, { validator: 'missing' });
    expect(held.rollout.phase).toMatchObject({ name: 'held', reason: 'error', clearsWith: 'validator' });
    expect(watch(held, 5_000, { validator: 'missing' }).rollout.phase.name).toBe('held');
    expect(look(held).rollout.phase.name).toBe('baking');
  });
});

describe('holds for a deadline', () => {
  const settings = { criteria: CRITERIA, stageDeadlineMs: 20_000 };

  it('holds with noData when too few units came, and goes on when they have', () => {
    const held = watch(openWorld(settings), 20_000, { exposures: 12 });
    expect(held.rollout.phase).toMatchObject({
      name: 'held',
      reason: 'noData',
      message: "12 of 100 units were served until the stage's deadline",
    });
    expect(watch(held, 5_000, { exposures: 99 }).rollout.phase.name).toBe('held');
    expect(look(held, 1_000, { exposures: 100 }).rollout.phase.name).toBe('baking');
  });

  it('holds as inconclusive when a criterion still waits, and gives a resumed stage its whole deadline again', () => {
    const few = (world: World): World => look(world, 1_000, { measurements: [measured(0, world.now + 1_000, 3)] });
    let world = openWorld(settings);
    for (let second = 0; second < 20; second++) world = few(world);
    expect(world.rollout.phase).toMatchObject({ name: 'held', reason: 'inconclusive' });
    world = ask(world, 'resume');
    for (let second = 0; second < 19; second++) world = few(world);
    expect(world.rollout.phase.name).toBe('baking');
    expect(few(world).rollout.phase).toMatchObject({ name: 'held', reason: 'inconclusive' });
  });

  it('does not count the time that a stage was held or waited for approval', () => {
    const world = watch(ask(openWorld(settings), 'pause'), 60_000);
    expect(world.rollout.progress?.observedMs).toBe(0);
    const waiting = watch(pass(openWorld({ ...settings, autoAdvance: false })), 60_000);
    expect(waiting.rollout.phase.name).toBe('awaitingApproval');
  });
});

describe('holds for an approval', () => {
  it('lets an approval that nobody gave expire after a day, never advances, and asks again after resume', () => {
    const waiting = pass(openWorld({ autoAdvance: false }));
    expect(look(waiting, 86_399_999).rollout.phase.name).toBe('awaitingApproval');
    const expired = look(waiting, 86_400_000);
    expect(expired.rollout.phase).toMatchObject({ name: 'held', reason: 'approvalExpired' });
    expect(watch(expired, 5_000).rollout.phase.name).toBe('held');
    const asked = look(ask(expired, 'resume'));
    expect(asked.rollout.phase).toMatchObject({ name: 'awaitingApproval', stage: 0, since: expired.now });
    expect(ask(asked, 'approve').rollout.phase).toEqual({ name: 'baking', stage: 1 });
  });
});

describe('a hold while an approval is waited for', () => {
  it('is no part of the day in which it is waited for', () => {
    const waiting = pass(openWorld({ autoAdvance: false }));
    const resumed = ask(look(ask(look(waiting, 3_600_000), 'pause'), 30 * 3_600_000), 'resume');
    expect(look(resumed, 22 * 3_600_000).rollout.phase.name).toBe('awaitingApproval');
    expect(look(resumed, 23 * 3_600_000).rollout.phase).toMatchObject({ name: 'held', reason: 'approvalExpired' });
  });
});

describe('a freeze while an approval is waited for', () => {
  const settings = { autoAdvance: false, approvalExpiryMs: 60_000 };
  const expiredWith = { name: 'held', reason: 'approvalExpired', message: expect.stringContaining('within 1 min;') };

  it('is no part of the time in which it is waited for, because it forbids the approval', () => {
    const waiting = pass(openWorld(settings));
    const freezeWindows = [{ from: waiting.now + 30_000, to: waiting.now + 200_000, reason: 'sale' }];
    const frozen = watch(waiting, 100_000, { freezeWindows });
    expect(frozen.rollout.phase).toEqual(waiting.rollout.phase);
    const thawed = look(frozen, 129_999, { freezeWindows });
    expect(thawed.rollout.phase.name).toBe('awaitingApproval');
    expect(look(thawed, 1, { freezeWindows }).rollout.phase).toMatchObject(expiredWith);
  });

  it('counts the same for windows of the plan, wherever nobody looked', () => {
    const waiting = pass(openWorld(settings));
    const { plan } = waiting.rollout;
    const freezeWindows = [{ from: waiting.now + 10_000, to: waiting.now + 500_000, reason: '' }];
    const frozen = { ...waiting, rollout: { ...waiting.rollout, plan: { ...plan, freezeWindows } } };
    expect(look(frozen, 549_999).rollout.phase.name).toBe('awaitingApproval');
    expect(look(frozen, 550_000).rollout.phase).toMatchObject(expiredWith);
  });

  it('counts once where a hold and a freeze are at the same time', () => {
    const waiting = pass(openWorld(settings));
    const freezeWindows = [{ from: waiting.now + 10_000, to: waiting.now + 40_000, reason: '' }];
    const held = ask(look(waiting, 20_000, { freezeWindows }), 'pause');
    const resumed = happen({ ...held, now: held.now + 40_000 }, { type: 'resume', by: BY, freezeWindows });
    // 10 s were waited before the freeze, and the hold ended 20 s after it.
    expect(look(resumed, 49_999, { freezeWindows }).rollout.phase.name).toBe('awaitingApproval');
    expect(look(resumed, 50_000, { freezeWindows }).rollout.phase).toMatchObject(expiredWith);
  });

  it('is no part of the wait for the approval of a start either, in which nothing could start', () => {
    const world = startedWorld({ startApproval: { expiresMs: 60_000 } });
    const freezeWindows = [{ from: world.now + 1_000, to: world.now + 200_000, reason: 'sale' }];
    expect(look(world, 150_000, { freezeWindows }).rollout.phase.name).toBe('pending');
    expect(look(world, 258_999, { freezeWindows }).rollout.phase.name).toBe('pending');
    expect(look(world, 259_000, { freezeWindows }).rollout.phase.name).toBe('aborted');
  });
});

describe('holds for drift', () => {
  it('holds when somebody moved the share, and writes it again after resume', () => {
    const drifted = look(edited(openWorld(), 60_000));
    expect(drifted.rollout.phase).toMatchObject({ name: 'held', reason: 'drift' });
    expect(drifted.step?.allocation).toBeNull();
    expect(watch(drifted, 5_000).flag.share).toBe(60_000);
    const resumed = ask(drifted, 'resume');
    expect(servedShare(resumed.flag)).toBe(1_000);
    expect(look(resumed).rollout.phase).toEqual({ name: 'baking', stage: 0 });
  });

  it('comes before other holds and after harm', () => {
    const drifted = edited(openWorld({ criteria: CRITERIA }), 60_000);
    expect(look(drifted, 1_000, { measurements: OUTAGE }).rollout.phase).toMatchObject({ name: 'held', reason: 'drift' });
    const harmed = look(drifted, 1_000, { measurements: [measured(1, drifted.now)] });
    expect(harmed).toMatchObject({ rollout: { phase: { name: 'rolledBack' } }, flag: { share: 0 } });
  });

  it('takes the place of another hold, which would otherwise go on over it', () => {
    const held = look(openWorld({ criteria: CRITERIA }), 1_000, { measurements: OUTAGE });
    expect(look(edited(held, 60_000)).rollout.phase).toMatchObject({
      name: 'held',
      reason: 'drift',
      resumesTo: { name: 'baking' },
    });
  });

  it('does not mind members that come and go', () => {
    const world = openWorld();
    const joined = look({ ...world, flag: { ...world.flag, enabledUsers: ['ada'], disabledUsers: ['bob'] } });
    expect(joined.rollout.phase.name).toBe('baking');
  });
});
