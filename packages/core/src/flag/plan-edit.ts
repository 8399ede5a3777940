/** An edit of a flag as a whole change: the flag, what its share's owner becomes, and the events. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf, type SluiceEvent } from '../event.ts';
import type { EventType } from '../event-type.ts';
import { withoutTest } from '../experiment/division.ts';
import { endExperiment } from '../experiment/lifecycle.ts';
import type { JsonObject } from '../json.ts';
import type { SluiceRecord } from '../record.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { transition } from '../rollout/transition.ts';
import { shareToPercentage } from '../share.ts';
import { editFlag, type FlagEdit, newFlag } from './edit.ts';
import { type Flag, type ShareOwner, servedShare } from './flag.ts';
import type { FlagFacts } from './flag-facts.ts';
import { newNameProblem } from './flag-file.ts';
import { shown } from './shown.ts';
import { unfitRefusal } from './unfit-edit.ts';

/** Says more of an edit than its type does, such as that it was a rollback. */
export interface EditLabel {
  readonly type: EventType;
  readonly detail: JsonObject;
}

/** The change, null when the edit changes nothing, or a refusal. Only `set` makes a flag that is not there. */
export function planFlagEdit(
  facts: FlagFacts,
  edit: FlagEdit,
  by: Attribution,
  now: number,
  label?: EditLabel,
): Change | Refusal | null {
  if (facts.flag === undefined && edit.type !== 'set')
    return { refused: `flag "${facts.key}" does not exist; create it with setFlag`, code: 'notFound' };
  const unnamed = facts.flag === undefined ? newNameProblem(facts.key) : null;
  if (unnamed !== null)
    return refuse(`the name of a flag ${unnamed}; it is ${shown(facts.key)}`, 'invalid', [{ path: '/name', message: unnamed }]);
  const before = facts.flag ?? newFlag(facts.key, facts.scope, now);
  const edited = editFlag(before, edit, now);
  if (isRefusal(edited)) return edited;
  if (edited === before && facts.flag !== undefined) return null;
  const unfit = unfitRefusal(facts, edited, edit);
  if (unfit !== null) return unfit;
  const after = { ...edited, revision: before.revision + 1, updatedAt: now };
  const isKilled = before.status !== 'disabled' && after.status === 'disabled';
  const ended = isKilled ? endOwner(facts, by, now) : { records: [], events: [] };
  const flag = isKilled ? freedFlag(after, before.shareOwner) : after;
  const events: SluiceEvent[] = [eventOf(typeOf(before, flag, edit), flag, by, now, shareDetail(before, flag))];
  if (label !== undefined) events.push(eventOf(label.type, flag, by, now, { ...shareDetail(before, flag), ...label.detail }));
  return { records: [flag, ...ended.records], events: [...events, ...ended.events], seesAll: looksAround(edit) };
}

/** Whether it matters what other flags and segments say, and who needs this flag. */
function looksAround(edit: FlagEdit): boolean {
  if (edit.type === 'archive') return true;
  if (edit.type !== 'set') return false;
  const { prerequisites, variants, conditions, rules } = edit.settings.fields;
  return [prerequisites, variants, conditions, rules].some((field) => field !== undefined);
}

function typeOf(before: Flag, after: Flag, edit: FlagEdit): EventType {
  if (before.revision === 0) return 'flag.created';
  if (edit.type === 'archive') return 'flag.archived';
  if (after.status === 'disabled' && before.status !== 'disabled') return 'flag.killed';
  return before.status === 'disabled' && after.status !== 'disabled' ? 'flag.restored' : 'flag.updated';
}

function shareDetail(before: Flag, after: Flag): JsonObject {
  return { fromPercentage: shareToPercentage(servedShare(before)), toPercentage: shareToPercentage(servedShare(after)) };
}

/** A killed flag after the end of whoever moved its share. */
export function freedFlag(flag: Flag, owner: ShareOwner | null): Flag {
  if (owner === null) return flag;
  return owner.kind === 'experiment' ? { ...flag, ...withoutTest(flag) } : { ...flag, shareOwner: null, stageGroups: [] };
}

/** A kill is never refused: whoever moved the share ends in the same commit. */
export function endOwner(
  facts: FlagFacts,
  by: Attribution,
  now: number,
  how: 'kill' | 'supersede' = 'kill',
): { records: SluiceRecord[]; events: SluiceEvent[] } {
  const none = { records: [], events: [] };
  const owner = facts.flag?.shareOwner ?? null;
  if (owner === null) return none;
  if (owner.kind === 'experiment') {
    if (facts.experiment === undefined || facts.experiment.phase !== 'running') return none;
    const experiment = endExperiment(facts.experiment, by, now);
    return { records: [experiment], events: [eventOf('experiment.stopped', experiment, by, now)] };
  }
  if (facts.rollout === undefined) return none;
  const step = transition(facts.rollout, { type: how, by }, now);
  if (isRefusal(step)) return none;
  const rollout: Rollout = { ...step.rollout, revision: facts.rollout.revision + 1 };
  return {
    records: [rollout],
    events: step.events.map((event) => eventOf(event.type, rollout, { ...by, reason: event.reason }, now, event.detail)),
  };
}
