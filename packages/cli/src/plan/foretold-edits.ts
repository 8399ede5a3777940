/** What becomes of edits at their instants: scheduled and decided by the functions that do so on a server, from what is known now. */
import {
  type Change,
  type Flag,
  isRefusal,
  type JsonObject,
  planDueEdit,
  planScheduleEdit,
  type Refusal,
  type Schedule,
} from '@sluice/core';
import type { KeptEdit } from './kept-state.ts';
import type { PlannedEdit } from './plan.ts';

/** An edit of a plan, and what waits of it already; null where it is yet to be scheduled. */
export interface WaitingEdit {
  readonly planned: PlannedEdit;
  readonly kept: KeptEdit | null;
}

export interface ForetoldEdit {
  readonly edit: WaitingEdit;
  /** Why it would be refused; null when it would be made. */
  readonly refusal: string | null;
  /** Whether it is the environment that refuses it. */
  readonly isForbidden: boolean;
}

/** What an environment does not take of a change, on the flag as it is before it. */
export type Forbids = (change: Change, before: Flag) => Refusal | null;

/** A plan gives a reason always: its path at the least. */
const PLANNED_BY = { actor: 'plan', reason: 'the plan' };

/** `edits` are in the order in which they are due, and `flag` is as it is before the first. */
export function foretoldEdits(flag: Flag, edits: readonly WaitingEdit[], forbids: Forbids): ForetoldEdit[] {
  let schedule = scheduleOf(flag, edits);
  let before = flag;
  let wasKilledSince = false;
  return edits.map((edit) => {
    let isForbidden = false;
    const judged = (change: Change): Refusal | null => {
      const refusal = forbids(change, before);
      isForbidden = refusal !== null;
      return refusal;
    };
    const made = planDueEdit({ ...factsOf(before), schedule }, { wasKilledSince, forbids: judged }, edit.planned.at);
    const { records, events } = made ?? { records: [], events: [] };
    before = records.find((record) => record.kind === 'flag') ?? before;
    schedule = records.find((record) => record.kind === 'schedule') ?? schedule;
    wasKilledSince ||= events.some(({ type }) => type === 'flag.killed');
    return { edit, refusal: events.find(({ type }) => type === 'schedule.refused')?.reason ?? null, isForbidden };
  });
}

/** What does not fit the flag was found when the plan was read. */
function scheduleOf(flag: Flag, edits: readonly WaitingEdit[]): Schedule | undefined {
  return edits.reduce<Schedule | undefined>((schedule, { planned: { at, settings }, kept }) => {
    const added = planScheduleEdit({ ...factsOf(flag), schedule }, settings as JsonObject, at, kept?.by ?? PLANNED_BY, 0);
    return isRefusal(added) ? schedule : added.records.find((record) => record.kind === 'schedule');
  }, undefined);
}

function factsOf(flag: Flag) {
  return { scope: flag.scope, key: flag.key, flag, rollout: undefined, experiment: undefined };
}
