/** Putting a test that is over away: its results stay, its name is not used again, and its flag goes with it where nobody needs it. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import { servedShare } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import type { Experiment } from './experiment.ts';

/** Null when it is archived already. The flag stays when an arm of it was shipped, or when it serves anything but control. */
export function planArchiveTest(experiment: Experiment, facts: FlagFacts, by: Attribution, now: number): Change | Refusal | null {
  const name = `test "${experiment.key}"`;
  if (experiment.archivedAt !== null) return null;
  if (experiment.phase === 'running' || experiment.phase === 'scheduled')
    return refuse(`${name}: cannot archive, it is ${experiment.phase}; stopTest("${experiment.key}") first`);
  const archived: Experiment = { ...experiment, archivedAt: now, revision: experiment.revision + 1 };
  const event = eventOf('experiment.archived', archived, by, now);
  const { flag } = facts;
  const isIdle = flag !== undefined && flag.archivedAt === null && flag.shareOwner === null && servedShare(flag) === 0;
  const edit = isIdle && experiment.shipped === null ? planFlagEdit(facts, { type: 'archive' }, by, now) : null;
  if (edit === null) return { records: [archived], events: [event] };
  if (isRefusal(edit)) return edit;
  return { ...edit, records: [archived, ...edit.records], events: [event, ...edit.events] };
}
