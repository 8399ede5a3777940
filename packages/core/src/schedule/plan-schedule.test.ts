import { describe, expect, it } from 'vitest';
import type { Change } from '../change.ts';
import { isRefusal, type Refusal } from '../error.ts';
import type { Flag } from '../flag/flag.ts';
import type { JsonObject } from '../json.ts';
import { protectionRefusal } from '../project/protection.ts';
import { BY, flagOf, START } from '../rollout/world.testing.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { planCancelEdit, planDueEdit, planScheduleEdit, type ScheduleFacts } from './plan-schedule.ts';
import type { Schedule } from './schedule.ts';

const HOUR = 3_600_000;
const factsOf = (flag: Flag | undefined, schedule?: Schedule): ScheduleFacts => ({
  ...{ scope: DEFAULT_SCOPE, key: 'checkout', flag, schedule, rollout: undefined, experiment: undefined },
});
const add = (facts: ScheduleFacts, settings: JsonObject, at = START + HOUR): Change | Refusal =>
  planScheduleEdit(facts, settings, at, BY, START);

function scheduled(flag: Flag | undefined, settings: JsonObject, at = START + HOUR, schedule?: Schedule): Schedule {
  const change = add(factsOf(flag, schedule), settings, at);
  const [record] = isRefusal(change) ? [] : change.records;
  if (record?.kind !== 'schedule') throw new Error(JSON.stringify(change));
  return record;
}
const due = (flag: Flag | undefined, schedule: Schedule, wasKilledSince = false, now = START + HOUR): Change | null =>
  planDueEdit(factsOf(flag, schedule), { wasKilledSince, forbids: () => null }, now);

describe('a scheduled edit', () => {
  it('is kept in order of its instant, with who asked for it and why', () => {
    const flag = flagOf();
    const later = scheduled(flag, { rolloutPercentage: 50 }, START + 2 * HOUR);
    const both = scheduled(flag, { rolloutPercentage: 25 }, START + HOUR, later);
    expect(both).toMatchObject({
      revision: 2,
      dueAt: START + HOUR,
      pending: [
        { id: 'checkout#2', at: START + HOUR, by: BY },
        { id: 'checkout#1', at: START + 2 * HOUR },
      ],
    });
    expect(add(factsOf(flag), { rolloutPercentage: 5 })).toMatchObject({ events: [{ type: 'schedule.added', actor: 'ada' }] });
  });

  it('is refused for an instant that is over, a flag that is not there or archived, and beyond a hundred', () => {
    expect(add(factsOf(flagOf()), {}, START)).toMatchObject({
      code: 'invalid',
      refused: expect.stringContaining('/at must lie ahead'),
    });
    expect(add(factsOf(undefined), {})).toMatchObject({ code: 'notFound' });
    expect(add(factsOf(flagOf({ archivedAt: 5 })), {})).toMatchObject({ code: 'refused' });
    const half = { rolloutPercentage: 50 };
    let schedule = scheduled(flagOf(), half);
    for (let index = 1; index < 100; index++) schedule = scheduled(flagOf(), half, START + HOUR, schedule);
    expect(add(factsOf(flagOf(), schedule), half)).toMatchObject({ refused: 'flag "checkout" has 100 scheduled edits already' });
  });

  it('is made when it is due and not before, as a change of whoever scheduled it, with the schedule in the same commit', () => {
    const flag = flagOf({ share: 1_000 });
    const schedule = scheduled(flag, { rolloutPercentage: 25 });
    expect(due(flag, schedule, false, START + HOUR - 1)).toBeNull();
    expect(due(flag, schedule)).toMatchObject({
      records: [
        { kind: 'flag', share: 25_000, revision: 2 },
        { kind: 'schedule', pending: [], dueAt: null, revision: 2 },
      ],
      events: [
        { type: 'flag.updated', actor: 'ada', reason: 'because', detail: { scheduled: 'checkout#1', toPercentage: 25 } },
        { type: 'schedule.applied', actor: 'sluice', detail: { id: 'checkout#1', scheduledBy: 'ada', changed: true } },
      ],
    });
    expect(due(flagOf({ share: 25_000 }), schedule)).toMatchObject({
      records: [{ kind: 'schedule', pending: [] }],
      events: [{ type: 'schedule.applied', detail: { changed: false } }],
    });
  });

  it('that cannot be made any more is recorded as refused, and nothing else changes', () => {
    const flag = flagOf();
    const schedule = scheduled(flag, { rolloutPercentage: 25 });
    const owned = flagOf({ shareOwner: { kind: 'rollout', key: 'checkout' } });
    for (const [now, why] of [
      [owned, 'is moved by the rollout'],
      [flagOf({ archivedAt: 5 }), 'is archived'],
      [undefined, 'is gone'],
    ] as const)
      expect(due(now, schedule)).toMatchObject({
        records: [{ kind: 'schedule', pending: [] }],
        events: [{ type: 'schedule.refused', actor: 'sluice', reason: expect.stringContaining(why) }],
      });
    const misfit = scheduled({ ...flag, variants: { ...flag.variants, neu: 1 } }, { onVariant: 'neu' });
    expect(due(flag, misfit)).toMatchObject({
      events: [{ type: 'schedule.refused', reason: expect.stringContaining('/onVariant') }],
    });
    const old = { ...schedule, pending: schedule.pending.map((edit) => ({ ...edit, settings: { gone: 1 } })) };
    expect(due(flag, old)).toMatchObject({ events: [{ type: 'schedule.refused', reason: expect.stringContaining('/gone') }] });
  });

  it('that the environment does not take is recorded as refused, judged as a change of whoever scheduled it', () => {
    const flag = flagOf({ share: 1_000 });
    const forbids = (change: Change): Refusal | null => protectionRefusal(change, () => flag);
    const dueIn = (settings: JsonObject, by = BY): Change | null => {
      const schedule = scheduled(flag, settings);
      const pending = schedule.pending.map((edit) => ({ ...edit, by }));
      return planDueEdit(factsOf(flag, { ...schedule, pending }), { wasKilledSince: false, forbids }, START + HOUR);
    };
    expect(dueIn({ rolloutPercentage: 25 })).toMatchObject({
      records: [{ kind: 'schedule', pending: [] }],
      events: [{ type: 'schedule.refused', actor: 'sluice', reason: expect.stringContaining('only by a rollout') }],
    });
    expect(dueIn({ rolloutPercentage: 0 }, { actor: 'ada', reason: ' ' })).toMatchObject({
      records: [{ kind: 'schedule', pending: [] }],
      events: [{ type: 'schedule.refused', reason: expect.stringContaining('every change needs a reason') }],
    });
    expect(dueIn({ rolloutPercentage: 0 })).toMatchObject({ records: [{ kind: 'flag', share: 0 }, { kind: 'schedule' }] });
  });

  it('never undoes a kill that came after it, and still launches what was off when it was scheduled', () => {
    const live = flagOf({ share: 10_000 });
    const killed = flagOf({ status: 'disabled', share: 10_000, statusBeforeKill: 'percentage' });
    const opening = scheduled(live, { enabled: true, rolloutPercentage: 50 });
    expect(due(killed, opening)).toMatchObject({
      records: [{ kind: 'schedule' }],
      events: [{ type: 'schedule.refused', reason: expect.stringContaining('was killed after this was scheduled') }],
    });
    const launch = scheduled(flagOf({ status: 'disabled' }), { enabled: true });
    expect(due(flagOf({ status: 'disabled' }), launch)).toMatchObject({ records: [{ status: 'enabled' }, {}] });
    expect(due(killed, launch, true)).toMatchObject({ events: [{ type: 'schedule.refused' }] });
    expect(due(killed, scheduled(live, { rolloutPercentage: 50 }))).toMatchObject({
      records: [{ status: 'disabled', share: 50_000 }, {}],
    });
    expect(due(live, scheduled(live, { enabled: false }))).toMatchObject({ events: [{ type: 'flag.killed' }, {}] });
  });

  it('is taken back as long as it was not made', () => {
    const schedule = scheduled(flagOf(), { rolloutPercentage: 25 });
    expect(planCancelEdit(schedule, 'checkout#1', BY, START)).toMatchObject({
      records: [{ pending: [], dueAt: null, lastNumber: 1 }],
      events: [{ type: 'schedule.cancelled', detail: { id: 'checkout#1' } }],
    });
    expect(planCancelEdit(schedule, 'checkout#2', BY, START)).toMatchObject({ code: 'notFound' });
    expect(planCancelEdit(undefined, 'x', BY, START)).toMatchObject({ code: 'notFound' });
  });
});
