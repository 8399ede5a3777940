import { describe, expect, it } from 'vitest';
import type { FreezeWindow } from './freeze.ts';
import type { RolloutSettings } from './settings.ts';
import { rolloutStatus } from './status.ts';
import { ask, BY, flagOf, happen, look, openWorld, pass, START, startedWorld, type World, watch } from './world.testing.ts';

const HOUR = 3_600_000;
const plain = { unvalidated: true } as const;
const frozenFor = (ms: number): Pick<RolloutSettings, 'freezeWindows'> => ({
  freezeWindows: [{ from: START, to: START + ms, reason: 'holidays' }],
});
const waitingFor = ({ rollout, flag, now }: World, freezeWindows: FreezeWindow[] = []): string | null =>
  rolloutStatus(rollout, flag, { now, freezeWindows }).waitingFor;

describe('a rollout that starts later', () => {
  it('owns the share at once and opens its first stage at its instant, and not before', () => {
    for (const startAt of [START + HOUR, new Date(START + HOUR), new Date(START + HOUR).toISOString()]) {
      const waiting = look(startedWorld({ ...plain, startAt }), HOUR - 1);
      expect(waiting).toMatchObject({
        rollout: { phase: { name: 'pending' }, dueAt: START + HOUR },
        flag: { share: 0, shareOwner: { kind: 'rollout' } },
      });
      expect(waitingFor(waiting)).toBe('its start, not before 2023-11-14T23:13:20.000Z');
      const begun = look(waiting, 1);
      expect(begun.events).toMatchObject([{ type: 'rollout.preflight', actor: 'sluice', record: begun.rollout }]);
      expect(look(begun).flag.share).toBe(1_000);
      expect(ask(waiting, 'abort')).toMatchObject({ rollout: { phase: { name: 'aborted' } }, flag: { shareOwner: null } });
    }
  });
});

describe('the approval of a start', () => {
  const asked = (): World => startedWorld({ ...plain, startApproval: true, startAt: START + HOUR });

  it('is kept with who, why and on which revision; the start waits for its instant besides', () => {
    expect(waitingFor(asked())).toBe('approveStart');
    expect(look(asked(), 2 * HOUR).rollout.phase.name).toBe('pending');
    const approved = ask(asked(), 'approveStart');
    expect(approved.events).toMatchObject([
      { type: 'rollout.approved', actor: 'ada', reason: 'because', detail: { start: true, approvedBy: 'ada', revision: 1 } },
    ]);
    expect(look(approved, HOUR - 1).rollout.phase.name).toBe('pending');
    expect(look(look(approved, HOUR)).rollout.phase).toEqual({ name: 'baking', stage: 0 });
    expect(ask(approved, 'approveStart').refused).toContain('cannot approve the start, it is not waiting for that');
  });

  it('may be refused, and nobody was served', () => {
    const rejected = ask(asked(), 'reject');
    expect(rejected.rollout.phase).toEqual({ name: 'aborted', message: 'rejected by ada: because' });
    expect(rejected.flag).toMatchObject({ share: 0, shareOwner: null });
  });

  it('expires, and the rollout never starts', () => {
    const world = startedWorld({ ...plain, startApproval: true, approvalExpiryMs: HOUR });
    expect(look(world, HOUR - 1).rollout.phase.name).toBe('pending');
    const expired = look(world, HOUR);
    expect(expired.rollout.phase).toEqual({ name: 'aborted', message: 'nobody approved the start within 3600 s' });
    expect(expired.flag.shareOwner).toBeNull();
  });
});

describe('the rejection of a stage', () => {
  it('gives everybody back what they had before, also after the approval has expired', () => {
    const flag = flagOf({ share: 3_000 });
    const waiting = pass(openWorld({ ...plain, autoAdvance: false, approvalExpiryMs: HOUR }, flag));
    for (const world of [waiting, look(waiting, HOUR)]) {
      const rejected = ask(world, 'reject');
      expect(rejected.rollout.phase).toEqual({ name: 'rolledBack', cause: 'rejected', message: 'rejected by ada: because' });
      expect(rejected.flag).toMatchObject({ share: 3_000, shareOwner: null });
      expect(rejected.events).toMatchObject([
        { type: 'rollout.rejected' },
        { type: 'rollout.rolledBack', detail: { cause: 'rejected', fromPercentage: 5, toPercentage: 3 } },
      ]);
      expect(rolloutStatus(rejected.rollout, rejected.flag, { now: rejected.now, freezeWindows: [] })).toMatchObject({
        phase: 'rolled_back',
        error: null,
      });
    }
  });

  it('is refused where no approval is waited for', () => {
    expect(ask(openWorld(), 'reject').refused).toContain('cannot reject, it waits for no approval, it is in baking');
  });
});

describe('a freeze window', () => {
  it('keeps the start until it is over', () => {
    const frozen = look(startedWorld({ ...plain, ...frozenFor(HOUR) }), HOUR - 1);
    expect(frozen.rollout.phase.name).toBe('pending');
    expect(look(look(frozen, 1)).rollout.phase).toEqual({ name: 'baking', stage: 0 });
  });

  it('is named by the status of a start that would fall into it, its own or one of all rollouts', () => {
    const end = 'no stage is opened before 2023-11-14T23:13:20.000Z (holidays)';
    const frozen = look(startedWorld({ ...plain, ...frozenFor(HOUR) }), 0);
    expect(waitingFor(frozen)).toBe(`the end of a freeze window: ${end}`);
    expect(waitingFor(look(frozen, HOUR - 1))).toBe(`the end of a freeze window: ${end}`);
    expect(waitingFor({ ...frozen, now: START + HOUR })).toBe('the next look');
    const { freezeWindows } = frozen.rollout.plan;
    const later = startedWorld({ ...plain, startAt: START + 60_000 });
    expect(waitingFor(later)).toBe('its start, not before 2023-11-14T22:14:20.000Z');
    expect(waitingFor(later, [...freezeWindows])).toBe(
      `its start, not before 2023-11-14T22:14:20.000Z, and the end of a freeze window: ${end}`,
    );
    expect(waitingFor(startedWorld({ ...plain, startAt: START + HOUR }), [...freezeWindows])).not.toContain('freeze');
    const asked = startedWorld({ ...plain, ...frozenFor(HOUR), startApproval: true });
    expect(waitingFor(asked)).toBe(`approveStart, and the end of a freeze window: ${end}`);
  });

  const opened = (): World => {
    const world = openWorld({ ...plain });
    const { plan } = world.rollout;
    const freezeWindows = [{ from: START + 5_000, to: START + HOUR, reason: 'holidays' }];
    return { ...world, rollout: { ...world.rollout, plan: { ...plan, freezeWindows } } };
  };

  it('holds a stage that has baked, and lets it go on by itself when it is over', () => {
    const held = watch(opened(), 12_000);
    expect(held.rollout.phase).toMatchObject({ name: 'held', reason: 'freeze', message: expect.stringContaining('(holidays)') });
    expect(look(held, 1_000_000).flag.share).toBe(1_000);
    const over = look(look(held, HOUR));
    expect(over.flag.share).toBe(5_000);
  });

  it('never keeps from going back: harm, abort and kill', () => {
    const held = watch(opened(), 12_000);
    expect(ask(held, 'abort').flag.share).toBe(0);
    const killed = { ...held.flag, status: 'disabled' } as const;
    expect(look({ ...held, flag: killed }).rollout.phase.name).toBe('aborted');
    const harmed = openWorld({ criteria: [{ metric: 'errorRate', max: 0.1 }] });
    const { plan } = harmed.rollout;
    const frozen = {
      ...harmed,
      rollout: { ...harmed.rollout, plan: { ...plan, ...opened().rollout.plan, stages: plan.stages } },
    };
    const bad = { measurements: [{ kind: 'value', value: 1, samples: 100, at: START + 9_000 } as const] };
    expect(look(frozen, 9_000, bad).rollout.phase.name).toBe('rolledBack');
  });

  it('opens no first stage either when it began while the preflight waited for its validator', () => {
    const waiting = look(startedWorld({ freezeWindows: [{ from: START + 5_000, to: START + 20_000 }] }), 0);
    const missing = look(waiting, 6_000, { validator: 'missing' });
    expect(missing.rollout.phase.name).toBe('preflight');
    const frozen = look(missing);
    expect(frozen.events).toMatchObject([
      { type: 'rollout.pending', reason: expect.stringContaining('no stage is opened before') },
    ]);
    expect(frozen).toMatchObject({ rollout: { phase: { name: 'pending' } }, flag: { share: 0 } });
    expect(watch(frozen, 16_000).rollout.phase.name).toBe('baking');
  });

  it('lets people open a stage only by force and with a reason', () => {
    const held = watch(opened(), 12_000);
    const promote = (force: boolean, reason: string): World =>
      happen(held, { type: 'promote', full: false, force, by: { ...BY, reason } });
    expect(promote(false, 'x').refused).toContain('pass force: true and a reason');
    expect(promote(true, ' ').refused).toContain('pass force: true and a reason');
    expect(promote(true, 'incident')).toMatchObject({ flag: { share: 5_000 } });
    const waiting = {
      ...held,
      rollout: { ...held.rollout, phase: { name: 'awaitingApproval', stage: 0, since: START } as const },
    };
    expect(ask(waiting, 'approve').refused).toContain('approve it after that');
  });
});

it('names every setting of the start that is wrong', () => {
  const bad = {
    ...plain,
    startAt: 'tomorrow',
    startApproval: 'yes',
    approvalExpiryMs: 0,
    freezeWindows: [{ from: 5, to: 4 }, { weekly: { days: ['friday'], from: '25:00', to: '24:30', timeZone: 'Berlin' } }, 7],
  } as never;
  expect(() => startedWorld(bad)).toThrow(
    expect.objectContaining({
      issues: [
        { path: '/startAt', message: expect.stringContaining('it is "tomorrow"') },
        { path: '/startApproval', message: expect.any(String) },
        { path: '/approvalExpiryMs', message: expect.any(String) },
        { path: '/freezeWindows/0', message: expect.any(String) },
        { path: '/freezeWindows/1/weekly/days', message: expect.any(String) },
        { path: '/freezeWindows/1/weekly/from', message: expect.any(String) },
        { path: '/freezeWindows/1/weekly/to', message: expect.any(String) },
        { path: '/freezeWindows/1/weekly/timeZone', message: expect.stringContaining('it is "Berlin"') },
        { path: '/freezeWindows/2', message: expect.any(String) },
      ],
    }),
  );
});
