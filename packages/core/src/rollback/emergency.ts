/** Kills and targeted rollbacks that take effect before the store has them: what they do in memory, and what becomes of them when it can be written. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal } from '../error.ts';
import { type Attribution, type EventType, eventOf, type LoggedEvent } from '../event.ts';
import { editFlag } from '../flag/edit.ts';
import { type Flag, servedShare } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';
import { shareToPercentage } from '../share.ts';
import { planImmediateRollback, planTargetedRollback } from './rollback.ts';

/** `kill` and `rollback` both disable the flag; a rollback is recorded as one besides. */
export type EmergencyAct =
  | { readonly type: 'kill' }
  | { readonly type: 'rollback' }
  | { readonly type: 'exclude'; readonly userIds: readonly string[] };

export interface Emergency extends Attribution {
  /** Unique among all processes; what keeps it from being recorded twice. */
  readonly id: string;
  readonly scope: Scope;
  /** The flag's. */
  readonly key: string;
  readonly act: EmergencyAct;
  /** When somebody asked for it, milliseconds since 1970. */
  readonly at: number;
  /** The end of the log as the process knew it then. */
  readonly seq: number;
}

/** What becomes of an emergency that the store did not take at once. */
export type Reconciliation =
  | { readonly outcome: 'commit'; readonly change: Change }
  /** The log has it: an answer was lost, or another process recorded it. */
  | { readonly outcome: 'recorded' }
  /** Somebody took it back later; it is not replayed over them. */
  | { readonly outcome: 'undone'; readonly by: LoggedEvent }
  | { readonly outcome: 'gone'; readonly why: string };

/** The event by which the log knows each act; the others of the same change are besides it. */
const MARKS: Readonly<Record<EmergencyAct['type'], EventType>> = {
  kill: 'flag.killed',
  rollback: 'rollback.immediate',
  exclude: 'rollback.targeted',
};

/** The flag as it is served while these acts stand and the store does not have them. Revision and times stay those of the kept record. */
export function withEmergencies(flag: Flag, acts: readonly EmergencyAct[]): Flag {
  let served = flag;
  for (const act of acts) {
    const edit = act.type === 'exclude' ? ({ type: 'exclude', userIds: act.userIds } as const) : ({ type: 'disable' } as const);
    const edited = editFlag(served, edit, flag.updatedAt);
    if (!isRefusal(edited)) served = edited;
  }
  return served === flag ? flag : { ...served, revision: flag.revision };
}

/** The act as a change of the kept records, its events at the time it was asked for. Null when the flag is as it asks already. */
export function planEmergency(emergency: Emergency, facts: FlagFacts, now: number): Change | Refusal | null {
  const change = planAct(emergency.act, facts, emergency, now);
  return change === null || isRefusal(change) ? change : atItsTime(change, emergency, {});
}

function planAct(act: EmergencyAct, facts: FlagFacts, by: Attribution, now: number): Change | Refusal | null {
  switch (act.type) {
    case 'kill':
      return planFlagEdit(facts, { type: 'disable' }, by, now);
    case 'rollback':
      return planImmediateRollback(facts, by, now);
    case 'exclude':
      return planTargetedRollback(facts, act.userIds, by, now);
  }
}

/** `later` is what the log tells of the flag after `emergency.seq`, in its order. */
export function planReconciliation(
  emergency: Emergency,
  facts: FlagFacts,
  later: readonly LoggedEvent[],
  now: number,
): Reconciliation {
  if (later.some((event) => isRecordOf(event, emergency))) return { outcome: 'recorded' };
  const left = withoutUndone(emergency, later);
  if ('by' in left) return { outcome: 'undone', by: left.by };
  const by: Attribution = { actor: emergency.actor, reason: emergency.reason };
  const planned = planAct(left.act, facts, by, now);
  if (planned !== null && isRefusal(planned)) return { outcome: 'gone', why: planned.refused };
  const change = planned ?? (facts.flag === undefined ? null : recordedAlone(facts.flag, left.act, by, now));
  if (change === null) return { outcome: 'gone', why: `flag "${emergency.key}" does not exist` };
  const detail = { breakGlass: true, breakGlassId: emergency.id, recordedAt: new Date(now).toISOString() };
  return { outcome: 'commit', change: atItsTime(change, emergency, detail) };
}

/** The commit whose answer was lost has no id, but when, who and why of the same act. */
function isRecordOf(event: LoggedEvent, emergency: Emergency): boolean {
  if (event.detail.breakGlassId !== undefined) return event.detail.breakGlassId === emergency.id;
  const { at, actor, reason, act } = emergency;
  return event.type === MARKS[act.type] && event.at === at && event.actor === actor && event.reason === reason;
}

/** What is left of the act: a kill is taken back by bringing the flag back, an exclusion by adding the user again. */
function withoutUndone({ act, at }: Emergency, later: readonly LoggedEvent[]): { act: EmergencyAct } | { by: LoggedEvent } {
  const after = later.filter((event) => event.at > at);
  if (act.type !== 'exclude') {
    const restored = after.find((event) => event.type === 'flag.restored');
    return restored === undefined ? { act } : { by: restored };
  }
  const lifted = new Map<string, LoggedEvent>();
  let excluded: readonly string[] = [];
  for (const event of after) {
    if (event.record.kind !== 'flag') continue;
    const { disabledUsers } = event.record;
    for (const userId of excluded) if (!disabledUsers.includes(userId)) lifted.set(userId, event);
    excluded = disabledUsers;
  }
  const userIds = act.userIds.filter((userId) => !lifted.has(userId));
  const [first] = lifted.values();
  return userIds.length === 0 && first !== undefined ? { by: first } : { act: { type: 'exclude', userIds } };
}

/** Somebody else did the same meanwhile: nothing changes but the log, which has to tell of both. */
function recordedAlone(before: Flag, act: EmergencyAct, by: Attribution, now: number): Change {
  const flag: Flag = { ...before, revision: before.revision + 1, updatedAt: now };
  const percentage = shareToPercentage(servedShare(flag));
  const detail: JsonObject = { fromPercentage: percentage, toPercentage: percentage };
  const types: EventType[] = act.type === 'exclude' ? ['flag.updated'] : ['flag.killed'];
  if (act.type !== 'kill') types.push(MARKS[act.type]);
  return { records: [flag], events: types.map((type) => eventOf(type, flag, by, now, detail)) };
}

function atItsTime(change: Change, { at }: Emergency, detail: JsonObject): Change {
  return { ...change, events: change.events.map((event) => ({ ...event, at, detail: { ...event.detail, ...detail } })) };
}
