/** The scheduled edits of a flag in a plan: each must fit the flag as the plan and the edits before it leave it. */
import { editFlag, type Flag, type FlagSettings, instantOf, isRefusal, parseFlagSettings, SluiceError } from '@sluice/core';
import type { PlannedEdit } from './plan.ts';
import { SCHEDULED } from './plan-words.ts';
import { type PlanIssue, placed, shown, translated } from './translated.ts';

/** With as many that are replaced, a flag still has no more than it may. */
const MOST_EDITS = 50;

export interface ScheduleOf {
  readonly flag: Flag;
  /** Then its share is the rollout's to move. */
  readonly isRolledOut: boolean;
}

/** In the order in which they are due; what is wrong is added to `issues`. */
export function scheduleIn(value: unknown, path: string, of: ScheduleOf, issues: PlanIssue[]): PlannedEdit[] {
  if (!Array.isArray(value) || value.length > MOST_EDITS) {
    const found = Array.isArray(value) ? `${value.length} of them` : shown(value);
    issues.push({ path, message: `must be a list of at most ${MOST_EDITS} edits, each with "at"; it is ${found}` });
    return [];
  }
  const read = value.flatMap((one: unknown, index) => editIn(one, `${path}/${index}`, issues) ?? []);
  const edits = read.sort((a, b) => a.at - b.at);
  let flag = of.flag;
  for (const [index, edit] of edits.entries()) {
    const earlier = edits[index - 1];
    if (earlier?.at === edit.at)
      issues.push({ path: `${edit.path}/at`, message: `is the instant of ${earlier.path}, too; write both as one edit` });
    if (of.isRolledOut && movesShareUp(edit.settings)) issues.push({ path: edit.path, message: RIVAL });
    flag = editedBy(flag, edit, issues);
  }
  return edits;
}

const RIVAL =
  'moves a share that the rollout moves; an edit may switch the flag off (enabled: false), and start_at and not_before of the rollout say when it opens';

/** A kill is refused by no rollout. */
function movesShareUp({ enabled, status, rolloutPercentage, split, onVariant, offVariant }: FlagSettings): boolean {
  const isKill = enabled === false || status === 'disabled';
  const words = [enabled, status, split, onVariant, offVariant].some((word) => word !== undefined);
  return rolloutPercentage !== undefined || (words && !isKill);
}

function editIn(value: unknown, path: string, issues: PlanIssue[]): PlannedEdit | null {
  const { settings, issues: unknown } = translated(value, SCHEDULED, path, 'a scheduled edit');
  issues.push(...unknown);
  const { at: given, ...rest } = settings;
  const at = instantOf(given as string | null);
  if (at === null) {
    const message = `must be a date and time with its zone, as 2027-01-31T08:00:00Z; it is ${shown(given ?? null)}`;
    issues.push({ path: given === undefined ? path : `${path}/at`, message: given === undefined ? `/at ${message}` : message });
    return null;
  }
  if (Object.keys(rest).length > 0) return { at, path, settings: rest as FlagSettings };
  if (unknown.length === 0) issues.push({ path, message: 'sets nothing; say what, as in "rollout_percentage: 50"' });
  return null;
}

function editedBy(flag: Flag, { settings, path }: PlannedEdit, issues: PlanIssue[]): Flag {
  try {
    const edited = editFlag(flag, { type: 'set', settings: parseFlagSettings(flag.key, settings), force: false }, 0);
    if (!isRefusal(edited)) return edited;
    issues.push(...placed(edited.issues ?? [{ path: '', message: edited.refused }], SCHEDULED, path));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    issues.push(...placed(error.issues, SCHEDULED, path));
  }
  return flag;
}
