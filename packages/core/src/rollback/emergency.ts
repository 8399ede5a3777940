/** Kills, rollbacks to a version and targeted rollbacks that take effect before the store has them: what they do in memory, and what becomes of them when it can be written. */
import type { Change } from '../change.ts';
import type { ComponentFacts } from '../component/register.ts';
import { percentageOfOthers, planRollbackToVersion, withEverybodyOn } from '../component/swap.ts';
import { isRefusal, type Receipt, type Refusal } from '../error.ts';
import { type Attribution, eventOf, type LoggedEvent } from '../event.ts';
import type { EventType } from '../event-type.ts';
import { editFlag } from '../flag/edit.ts';
import { type Flag, servedShare } from '../flag/flag.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';
import { shareToPercentage } from '../share.ts';
import { planImmediateRollback, planTargetedRollback } from './rollback.ts';

/** `kill` and `rollback` both disable the flag; a rollback is recorded as one besides. `toVersion` is for components. */
export type EmergencyAct =
  | { readonly type: 'kill' }
  | { readonly type: 'rollback' }
  /** Everybody gets this version, without build metadata. */
  | { readonly type: 'toVersion'; readonly version: string }
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
  /** Of the request that asked for it. */
  readonly receipt?: Receipt;
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
  toVersion: 'rollback.immediate',
  exclude: 'rollback.targeted',
};

/** The flag as it is served while these acts stand and the store does not have them. Revision and times stay those of the kept record. */
export function withEmergencies(flag: Flag, acts: readonly EmergencyAct[]): Flag {
  const served = acts.reduce(withAct, flag);
  return served === flag ? flag : { ...served, revision: flag.revision };
}

/** An act that the flag cannot take, such as a version that it does not have, leaves it as it is. */
function withAct(flag: Flag, act: EmergencyAct): Flag {
  if (act.type === 'toVersion') {
    const hasVersion = flag.isComponent && flag.archivedAt === null && Object.hasOwn(flag.variants, act.version);
    return hasVersion ? withEverybodyOn(flag, act.version, flag.updatedAt) : flag;
  }
  const edit = act.type === 'exclude' ? ({ type: 'exclude', userIds: act.userIds } as const) : ({ type: 'disable' } as const);
  const edited = editFlag(flag, edit, flag.updatedAt);
  return isRefusal(edited) ? flag : edited;
}

/** The act as a change of the kept records, its events at the time it was asked for. Null when the flag is as it asks already. */
export function planEmergency(emergency: Emergency, facts: ComponentFacts, now: number): Change | Refusal | null {
  const change = planAct(emergency.act, facts, emergency, now);
  return change === null || isRefusal(change) ? change : atItsTime(change, emergency, {});
}

function planAct(
  act: EmergencyAct,
  facts: ComponentFacts,
  by: Attribution,
  now: number,
  kill: 'undone' | 'kept' = 'undone',
): Change | Refusal | null {
  switch (act.type) {
    case 'kill':
      return planFlagEdit(facts, { type: 'disable' }, by, now);
    case 'rollback':
      return planImmediateRollback(facts, by, now);
    case 'toVersion':
      return planRollbackToVersion(facts, act.version, by, now, kill);
    case 'exclude':
      return planTargetedRollback(facts, act.userIds, by, now);
  }
}

/** `later` is what the log tells of the flag after `emergency.seq`, in its order. */
export function planReconciliation(
  emergency: Emergency,
  facts: ComponentFacts,
  later: readonly LoggedEvent[],
  now: number,
): Reconciliation {
  if (later.some((event) => isRecordOf(event, emergency))) return { outcome: 'recorded' };
  const left = withoutUndone(emergency, later);
  if ('by' in left) return { outcome: 'undone', by: left.by };
  const by: Attribution = { actor: emergency.actor, reason: emergency.reason };
  // Both hold: the kill that came after it, and that the bad version is not what it gives.
  const kill = later.some(({ type, at }) => type === 'flag.killed' && at > emergency.at) ? 'kept' : 'undone';
  const planned = planAct(left.act, facts, by, now, kill);
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
  const isSameAct = event.type === MARKS[act.type] && versionIn(event) === (act.type === 'toVersion' ? act.version : null);
  return isSameAct && event.at === at && event.actor === actor && event.reason === reason;
}

/** Which version a rollback or swap gave everybody; null for events of other kinds. */
function versionIn({ type, detail }: LoggedEvent): string | null {
  const isMove = type === 'component.swapped' || type === 'rollback.immediate';
  return isMove && typeof detail.toVersion === 'string' ? detail.toVersion : null;
}

/**
 * What is left of the act: a kill is taken back by bringing the flag back, a rollback to a version by moving everybody to another one, an
 * exclusion by adding the user again.
 */
function withoutUndone({ act, at }: Emergency, later: readonly LoggedEvent[]): { act: EmergencyAct } | { by: LoggedEvent } {
  const after = later.filter((event) => event.at > at);
  if (act.type === 'toVersion') {
    const moved = after.findLast((event) => versionIn(event) !== null);
    return moved === undefined || versionIn(moved) === act.version ? { act } : { by: moved };
  }
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
  const types: EventType[] = act.type === 'exclude' || act.type === 'toVersion' ? ['flag.updated'] : ['flag.killed'];
  if (act.type !== 'kill') types.push(MARKS[act.type]);
  return { records: [flag], events: types.map((type) => eventOf(type, flag, by, now, unchanged(flag, act))) };
}

function unchanged(flag: Flag, act: EmergencyAct): JsonObject {
  if (act.type === 'toVersion') {
    const { version } = act;
    return { fromVersion: version, toVersion: version, fromPercentage: percentageOfOthers(flag, version), toPercentage: 0 };
  }
  const percentage = shareToPercentage(servedShare(flag));
  return { fromPercentage: percentage, toPercentage: percentage };
}

function atItsTime(change: Change, { at }: Emergency, detail: JsonObject): Change {
  return { ...change, events: change.events.map((event) => ({ ...event, at, detail: { ...event.detail, ...detail } })) };
}
