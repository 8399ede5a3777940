/** What becomes of the edits of a flag that wait: the plan's list is all of them. What is due is the flag's own matter. */
import {
  editFlag,
  type Flag,
  isRefusal,
  type JsonValue,
  jsonEqual,
  parseFlagSettings,
  type Segment,
  servedShare,
  WHOLE_SHARE,
} from '@sluice/core';
import { editRefusal, type Protection } from './compare-protection.ts';
import { missingSegments } from './compare-segment.ts';
import type { KeptEdit, KeptState } from './kept-state.ts';
import type { PlannedEdit } from './plan.ts';
import type { FieldChange, ScheduleStep } from './plan-step.ts';

export interface ScheduleOn {
  readonly name: string;
  readonly schedule: readonly PlannedEdit[];
  /** As it will be when the plan's settings are set; null when they are refused. */
  readonly after: Flag | null;
  /** As the plan will leave them. */
  readonly segments: ReadonlyMap<string, Segment>;
  /** Null where the environment is not protected. */
  readonly protection: Protection | null;
}

const KILLED = 'it is switched off, and a plan schedules nothing that undoes that: sluice flag unkill does';

export function compareSchedule(
  { name, schedule, after, segments, protection }: ScheduleOn,
  kept: KeptState,
  now: number,
): ScheduleStep {
  const waiting = (kept.edits.get(name) ?? []).filter(({ at }) => at > now);
  const cancelled = waiting.filter((edit) => !schedule.some((planned) => isSame(planned, edit)));
  const missing = schedule.filter((planned) => planned.at > now && !waiting.some((edit) => isSame(planned, edit)));
  const isKilled = (kept.flags.get(name)?.statusBeforeKill ?? null) !== null;
  const added = isKilled ? missing.filter((edit) => !opens(edit)) : missing;
  const because = added.length < missing.length ? KILLED : null;
  const step = (action: ScheduleStep['action'], why: string | null = because): ScheduleStep => ({
    kind: 'schedule',
    key: name,
    action,
    changes: action === 'create' || action === 'update' ? changesOf(added, cancelled) : [],
    because: why,
    reachesEverybody: action !== 'refused' && after !== null && reachesEverybody(after, schedule, added, now),
    added,
    cancelled,
  });
  if (after === null) return step('refused', 'its flag is refused');
  const unnamed = added.map(({ settings }) => missingSegments(settings, segments)).find((problem) => problem !== null);
  if (unnamed !== undefined) return step('refused', unnamed);
  const waits = schedule.map((planned) => ({ planned, kept: waiting.find((edit) => isSame(planned, edit)) ?? null }));
  const ahead = waits.filter((edit) => edit.kept !== null || added.includes(edit.planned));
  const forbidden = protection === null ? null : editRefusal(after, ahead, protection);
  if (forbidden !== null) return step('refused', forbidden);
  if (added.length + cancelled.length > 0) return step(waiting.length === 0 ? 'create' : 'update');
  return step(because === null ? 'none' : 'left');
}

function isSame(planned: PlannedEdit, edit: KeptEdit): boolean {
  return planned.at === edit.at && jsonEqual(planned.settings as JsonValue, edit.settings as JsonValue);
}

function opens({ settings: { enabled, status } }: PlannedEdit): boolean {
  return enabled === true || (status !== undefined && status !== 'disabled');
}

/** Whether one that is added opens the flag, as those before it leave it, to everybody. */
function reachesEverybody(flag: Flag, schedule: readonly PlannedEdit[], added: readonly PlannedEdit[], now: number): boolean {
  let before = flag;
  return schedule
    .filter(({ at }) => at > now)
    .some((edit) => {
      const then = editFlag(before, { type: 'set', settings: parseFlagSettings(flag.key, edit.settings), force: true }, now);
      if (isRefusal(then)) return false;
      const isReached = servedShare(then) === WHOLE_SHARE && servedShare(before) < WHOLE_SHARE;
      before = then;
      return isReached && added.includes(edit);
    });
}

function changesOf(added: readonly PlannedEdit[], cancelled: readonly KeptEdit[]): FieldChange[] {
  const changes = [
    ...added.map(({ at, settings }) => ({ at, from: null as unknown, to: settings as unknown })),
    ...cancelled.map(({ at, settings }) => ({ at, from: settings as unknown, to: null as unknown })),
  ];
  return changes.sort((a, b) => a.at - b.at).map(({ at, from, to }) => ({ field: new Date(at).toISOString(), from, to }));
}
