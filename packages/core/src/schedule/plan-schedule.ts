/** Scheduling an edit, taking it back, and what becomes of it when it is due. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse, SluiceError } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { EventType } from '../event-type.ts';
import { editFlag, type FlagEdit } from '../flag/edit.ts';
import { type Flag, isLive } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import { parseFlagSettings } from '../flag/settings.ts';
import { unfitRefusal } from '../flag/unfit-edit.ts';
import type { JsonObject } from '../json.ts';
import type { Schedule, ScheduledEdit } from './schedule.ts';

/** Of one flag. */
export const MAX_PENDING = 100;
/** Whoever makes what is due; the flag's own event names who scheduled it. */
const CONTROLLER = 'sluice';

export interface ScheduleFacts extends FlagFacts {
  readonly schedule: Schedule | undefined;
}

/** The settings must have been accepted by `parseFlagSettings`. */
export function planScheduleEdit(
  facts: ScheduleFacts,
  settings: JsonObject,
  at: number,
  by: Attribution,
  now: number,
): Change | Refusal {
  const { key, flag, scope } = facts;
  if (flag === undefined) return refuse(`flag "${key}" does not exist; create it with setFlag`, 'notFound');
  if (flag.archivedAt !== null) return refuse(`flag "${key}" is archived; an archived key is not used again`);
  if (at <= now)
    return refuse(
      `flag "${key}": /at must lie ahead; it is ${isoOf(at)}, and now is ${isoOf(now)}; setFlag changes it now`,
      'invalid',
    );
  const before = facts.schedule ?? { kind: 'schedule', scope, key, revision: 0, lastNumber: 0, pending: [], dueAt: null };
  const unfit = unfitOnItsFace(facts, flag, before, settings, at, now);
  if (unfit !== null) return unfit;
  if (before.pending.length >= MAX_PENDING) return refuse(`flag "${key}" has ${MAX_PENDING} scheduled edits already`);
  const number = before.lastNumber + 1;
  const edit: ScheduledEdit = { id: `${key}#${number}`, at, settings, by, scheduledAt: now, wasLive: isLive(flag) };
  const pending = [...before.pending, edit].sort((a, b) => a.at - b.at);
  const schedule = { ...withPending(before, pending), lastNumber: number };
  return { records: [schedule], events: [eventOf('schedule.added', schedule, by, now, detailOf(edit))] };
}

/** What could not be made now, on the flag as the edits before it will have left it, because it does not fit together. */
function unfitOnItsFace(
  facts: FlagFacts,
  flag: Flag,
  { pending }: Schedule,
  settings: JsonObject,
  at: number,
  now: number,
): Refusal | null {
  if (Object.keys(settings).length === 0)
    return refuse(
      `flag "${facts.key}": the scheduled edit sets nothing; give settings such as { rolloutPercentage: 50 }`,
      'invalid',
    );
  const set = (given: JsonObject): FlagEdit => ({ type: 'set', settings: parseFlagSettings(facts.key, given), force: true });
  const edits = pending.filter((edit) => edit.at <= at).map((edit) => set(edit.settings));
  let then = flag;
  for (const edit of edits) {
    const edited = editFlag(then, edit, now);
    if (!isRefusal(edited)) then = edited;
  }
  const edit = set(settings);
  const edited = editFlag(then, edit, now);
  const refusal = isRefusal(edited) ? edited : unfitRefusal(facts, edited, edit);
  return refusal?.code === 'invalid' ? refusal : null;
}

/** Takes an edit off that is not due yet, or of which nothing was made. */
export function planCancelEdit(schedule: Schedule | undefined, id: string, by: Attribution, now: number): Change | Refusal {
  const edit = schedule?.pending.find((pending) => pending.id === id);
  if (schedule === undefined || edit === undefined)
    return refuse(`there is no scheduled edit "${id}": it was made, refused or cancelled, or never was`, 'notFound');
  const rest = without(schedule, edit);
  return { records: [rest], events: [eventOf('schedule.cancelled', rest, by, now, detailOf(edit))] };
}

export interface DueEditRules {
  /** Whether the flag was killed after the edit was scheduled. */
  readonly wasKilledSince: boolean;
  /** Why the environment does not take what the edit would change, or null. */
  readonly forbids: (change: Change) => Refusal | null;
}

/**
 * The change that the first due edit makes, a change like any other by whoever scheduled it, or the record of why it cannot be made any
 * more; null when none is due.
 */
export function planDueEdit(facts: ScheduleFacts, rules: DueEditRules, now: number): Change | null {
  const { schedule } = facts;
  const edit = schedule?.pending[0];
  if (schedule === undefined || edit === undefined || edit.at > now) return null;
  const rest = without(schedule, edit);
  const planned = planEdit(facts, edit, rules.wasKilledSince, now);
  const made = planned === null || isRefusal(planned) ? planned : (rules.forbids(planned) ?? planned);
  const told = (type: EventType, reason: string, detail: JsonObject): Change['events'][number] =>
    eventOf(type, rest, { actor: CONTROLLER, reason }, now, { ...detailOf(edit), ...detail });
  if (made !== null && isRefusal(made)) return { records: [rest], events: [told('schedule.refused', made.refused, {})] };
  const [records, events] = [made?.records ?? [], made?.events ?? []];
  const marked = events.map((event) => ({ ...event, detail: { ...event.detail, scheduled: edit.id } }));
  return {
    records: [...records, rest],
    events: [...marked, told('schedule.applied', edit.by.reason, { changed: made !== null })],
  };
}

function planEdit(facts: FlagFacts, edit: ScheduledEdit, wasKilledSince: boolean, now: number): Change | Refusal | null {
  const { flag, key } = facts;
  if (flag === undefined) return refuse(`flag "${key}" is gone`, 'notFound');
  try {
    const settings = parseFlagSettings(key, edit.settings);
    const made = planFlagEdit(facts, { type: 'set', settings, force: false }, edit.by, now);
    const opens = made !== null && !isRefusal(made) && made.records.some((record) => record.kind === 'flag' && isLive(record));
    // Automation never undoes a kill: whoever scheduled the edit did not know of it.
    if (opens && flag.status === 'disabled' && (edit.wasLive || wasKilledSince)) return killRefusal(flag);
    return made;
  } catch (error) {
    if (error instanceof SluiceError) return refuse(error.message, error.code);
    throw error;
  }
}

function killRefusal({ key }: Flag): Refusal {
  return refuse(`flag "${key}" was killed after this was scheduled, and a schedule undoes no kill; restoreFlag("${key}") does`);
}

function without(schedule: Schedule, edit: ScheduledEdit): Schedule {
  return withPending(
    schedule,
    schedule.pending.filter(({ id }) => id !== edit.id),
  );
}

function withPending(schedule: Schedule, pending: readonly ScheduledEdit[]): Schedule {
  return { ...schedule, pending, dueAt: pending[0]?.at ?? null, revision: schedule.revision + 1 };
}

function detailOf({ id, at, settings, by }: ScheduledEdit): JsonObject {
  return { id, at: isoOf(at), settings, scheduledBy: by.actor };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
