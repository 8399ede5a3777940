/** How a test comes to be, starts and ends. Its flag's share moves in the same change. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import { editFlag, newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import type { Scope } from '../scope.ts';
import { WHOLE_SHARE } from '../share.ts';
import type { Experiment } from './experiment.ts';
import type { ParsedTestSettings } from './settings.ts';

export const CONTROL = 'control';
export const TREATMENT = 'treatment';
const DAY_MS = 86_400_000;

/** A draft and its flag with the variants `control` and `treatment`, whose values name the components. Everybody gets control until it starts. */
export function createExperiment(settings: ParsedTestSettings, scope: Scope, by: Attribution, now: number): Change {
  const experiment: Experiment = {
    kind: 'experiment',
    scope,
    key: settings.testId,
    revision: 1,
    description: settings.description,
    arms: [
      { variant: CONTROL, component: settings.controlComponent },
      { variant: TREATMENT, component: settings.treatmentComponent },
    ],
    trafficSplit: settings.trafficSplit,
    durationMs: Math.round(settings.durationDays * DAY_MS),
    trackedMetrics: settings.trackedMetrics,
    phase: 'draft',
    createdAt: now,
    startedAt: null,
    stoppedAt: null,
    stopReason: null,
    dueAt: null,
  };
  const flag: Flag = {
    ...newFlag(settings.testId, scope, now),
    revision: 1,
    description: settings.description,
    status: 'percentage',
    variants: { [CONTROL]: settings.controlComponent, [TREATMENT]: settings.treatmentComponent },
    offVariant: CONTROL,
    onVariant: TREATMENT,
  };
  return {
    records: [experiment, flag],
    events: [eventOf('experiment.created', experiment, by, now), eventOf('flag.created', flag, by, now)],
  };
}

export function startExperiment(experiment: Experiment, flag: Flag | undefined, by: Attribution, now: number): Change | Refusal {
  const name = `test "${experiment.key}"`;
  if (experiment.phase !== 'draft')
    return refuse(`${name}: cannot start, it is ${experiment.phase}; create a new test to measure again`);
  if (flag === undefined || flag.archivedAt !== null) return refuse(`${name}: its flag "${experiment.key}" is gone`);
  if (flag.status === 'disabled') return refuse(`${name}: its flag is disabled; restoreFlag("${experiment.key}") first`);
  if (flag.shareOwner !== null)
    return refuse(`${name}: its flag's share is moved by the ${flag.shareOwner.kind} "${flag.shareOwner.key}"`, 'conflict');
  const started: Experiment = {
    ...experiment,
    revision: experiment.revision + 1,
    phase: 'running',
    startedAt: now,
    dueAt: now + experiment.durationMs,
  };
  const share = Math.round(experiment.trafficSplit * WHOLE_SHARE);
  const moved = allocate(flag, share, { kind: 'experiment', key: experiment.key }, now);
  return {
    records: [started, moved],
    events: [
      eventOf('experiment.started', started, by, now, { trafficSplit: experiment.trafficSplit }),
      eventOf('flag.updated', moved, by, now),
    ],
  };
}

/** The end of a running test; everybody gets control again. */
export function stopExperiment(experiment: Experiment, flag: Flag | undefined, by: Attribution, now: number): Change | Refusal {
  if (experiment.phase === 'stopped') return refuse(`test "${experiment.key}" is already stopped`);
  const stopped = endExperiment(experiment, by, now);
  const event = eventOf('experiment.stopped', stopped, by, now);
  const isOwner = flag?.shareOwner?.kind === 'experiment' && flag.shareOwner.key === experiment.key;
  if (flag === undefined || !isOwner) return { records: [stopped], events: [event] };
  const moved = releasedFlag(flag, now);
  return { records: [stopped, moved], events: [event, eventOf('flag.updated', moved, by, now)] };
}

/** Without its test a flag has nobody to divide: control for all. A kill stays one, and undoing it later finds no split left behind. */
function releasedFlag(flag: Flag, now: number): Flag {
  return { ...flag, ...withoutTest(flag), revision: flag.revision + 1, updatedAt: now };
}

/** What of a flag changes when the test that moved its share is over. */
export function withoutTest(flag: Flag): Pick<Flag, 'share' | 'status' | 'statusBeforeKill' | 'shareOwner'> {
  const isKilled = flag.status === 'disabled';
  return {
    share: 0,
    status: isKilled ? 'disabled' : 'percentage',
    statusBeforeKill: isKilled ? 'percentage' : null,
    shareOwner: null,
  };
}

/** The experiment's own record after its end. */
export function endExperiment(experiment: Experiment, by: Attribution, now: number): Experiment {
  return {
    ...experiment,
    revision: experiment.revision + 1,
    phase: 'stopped',
    stoppedAt: now,
    stopReason: by.reason,
    dueAt: null,
  };
}

function allocate(flag: Flag, share: number, owner: Flag['shareOwner'], now: number): Flag {
  const { offVariant, onVariant, split, stageGroups } = flag;
  const edited = editFlag(
    { ...flag, shareOwner: null },
    { type: 'allocate', allocation: { status: 'percentage', share, offVariant, onVariant, split, stageGroups }, owner },
    now,
  );
  return 'refused' in edited ? flag : { ...edited, revision: flag.revision + 1, updatedAt: now };
}
