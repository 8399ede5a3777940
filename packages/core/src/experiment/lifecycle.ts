/** How a test comes to be, starts and ends. Its flag's share moves in the same change. */

import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse, refuseIssues } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { EventType } from '../event-type.ts';
import { editFlag, newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import { newNameProblem } from '../flag/flag-file.ts';
import { shown } from '../flag/shown.ts';
import { type JsonObject, jsonEqual } from '../json.ts';
import type { Scope } from '../scope.ts';
import { missingSegmentIssues } from '../segment/references.ts';
import type { SegmentFinder } from '../segment/segment.ts';
import { shareToPercentage } from '../share.ts';
import { armValues, divisionOf, withoutTest } from './division.ts';
import { segmentRevisions } from './eligibility-drift.ts';
import type { Experiment } from './experiment.ts';
import { type LayerFacts, takeRange } from './layer.ts';
import type { ParsedTestSettings } from './settings.ts';

/** What the start of a test must know besides the test and its flag. */
export interface StartFacts extends LayerFacts {
  readonly segments?: SegmentFinder;
}

const NO_FACTS: StartFacts = { layer: undefined, isRunning: () => false };

/**
 * A draft and its flag with a variant per arm, whose values name the components. Everybody gets control until it starts. Refused when its
 * eligibility names a segment that is not among `segments`.
 */
export function createExperiment(
  settings: ParsedTestSettings,
  scope: Scope,
  by: Attribution,
  now: number,
  segments?: SegmentFinder,
): Change | Refusal {
  const unnamed = newNameProblem(settings.testId);
  if (unnamed !== null)
    return refuseIssues('test', [{ path: '/testId', message: `${unnamed}; it is ${shown(settings.testId)}` }]);
  const missing = segments === undefined ? [] : missingSegmentIssues(settings.eligibility, '/eligibility', segments);
  if (missing.length > 0) return refuseIssues(`test "${settings.testId}"`, missing);
  const experiment = draftOf(settings, scope, now);
  const flag = flagOf(settings, scope, now);
  return {
    records: [experiment, flag],
    events: [eventOf('experiment.created', experiment, by, now), eventOf('flag.created', flag, by, now)],
    seesAll: true,
  };
}

function draftOf(settings: ParsedTestSettings, scope: Scope, now: number): Experiment {
  return {
    kind: 'experiment',
    scope,
    key: settings.testId,
    revision: 1,
    description: settings.description,
    arms: settings.arms,
    trafficShare: settings.trafficShare,
    eligibility: settings.eligibility,
    layer: settings.layer,
    slots: null,
    durationMs: settings.durationMs,
    trackedMetrics: settings.trackedMetrics,
    dimensions: settings.dimensions,
    method: settings.method,
    plannedUnits: settings.plannedUnits,
    tags: settings.tags,
    phase: 'draft',
    number: 1,
    startAt: settings.startAt,
    createdAt: now,
    startedAt: null,
    stoppedAt: null,
    stopReason: null,
    dueAt: null,
    drawnBy: null,
    shipped: null,
    archivedAt: null,
  };
}

function flagOf(settings: ParsedTestSettings, scope: Scope, now: number): Flag {
  return {
    ...newFlag(settings.testId, scope, now),
    revision: 1,
    description: settings.description,
    status: 'percentage',
    variants: armValues(settings.arms),
    offVariant: settings.arms[0].variant,
    onVariant: settings.arms[1].variant,
    conditions: settings.eligibility,
  };
}

/**
 * Starts a draft, or sets it to start at its `startAt` when that is still to come. `startFacts` are those of the test's layer,
 * and the segments that its eligibility may name.
 */
export function startExperiment(
  experiment: Experiment,
  flag: Flag | undefined,
  by: Attribution,
  now: number,
  startFacts?: StartFacts,
): Change | Refusal {
  const name = `test "${experiment.key}"`;
  const { phase, startAt } = experiment;
  if (phase !== 'draft' && !(phase === 'scheduled' && startAt !== null && startAt <= now))
    return refuse(`${name}: cannot start, it is ${phase}${phase === 'scheduled' ? '' : '; create a new test to measure again'}`);
  if (flag === undefined || flag.archivedAt !== null) return refuse(`${name}: its flag "${experiment.key}" is gone`);
  if (flag.status === 'disabled') return refuse(`${name}: its flag is disabled; restoreFlag("${experiment.key}") first`);
  if (flag.shareOwner !== null)
    return refuse(`${name}: its flag's share is moved by the ${flag.shareOwner.kind} "${flag.shareOwner.key}"`, 'conflict');
  if (!jsonEqual(flag.conditions, experiment.eligibility))
    return refuse(`${name}: its flag was given conditions, which say who is in the test; create it with them as eligibility`);
  const started = runningFrom(
    experiment,
    flag,
    { type: 'experiment.started', detail: figuresOf(experiment) },
    by,
    now,
    startFacts,
  );
  if (isRefusal(started) || startAt === null || startAt <= now) return started;
  const scheduled: Experiment = { ...experiment, revision: experiment.revision + 1, phase: 'scheduled', dueAt: startAt };
  return { records: [scheduled], events: [eventOf('experiment.scheduled', scheduled, by, now)] };
}

/** A scheduled test whose time has come: it starts, or is a draft again and says why. */
export function startScheduled(
  experiment: Experiment,
  flag: Flag | undefined,
  by: Attribution,
  now: number,
  startFacts?: StartFacts,
): Change {
  const started = startExperiment(experiment, flag, by, now, startFacts);
  if (!isRefusal(started)) return started;
  const draft: Experiment = { ...experiment, revision: experiment.revision + 1, phase: 'draft', startAt: null, dueAt: null };
  return { records: [draft], events: [eventOf('experiment.startFailed', draft, { ...by, reason: started.refused }, now)] };
}

/** The test running from now on, with its flag divided and its layer's slots taken, in one change. */
export function runningFrom(
  experiment: Experiment,
  flag: Flag,
  label: { readonly type: EventType; readonly detail: JsonObject },
  by: Attribution,
  now: number,
  startFacts: StartFacts = NO_FACTS,
): Change | Refusal {
  const room = roomFor(experiment, flag, startFacts);
  if (room !== null && isRefusal(room)) return { ...room, refused: `test "${experiment.key}": ${room.refused}` };
  const running: Experiment = {
    ...experiment,
    slots: room?.slots ?? null,
    ...(startFacts.segments === undefined
      ? {}
      : { segmentRevisions: segmentRevisions(experiment.eligibility, startFacts.segments) }),
    revision: experiment.revision + 1,
    phase: 'running',
    startedAt: now,
    dueAt: now + experiment.durationMs,
    drawnBy: { salt: flag.salt, bucketBy: flag.bucketBy },
  };
  const moved = divided(flag, running, now);
  if (isRefusal(moved)) return moved;
  const events = [eventOf(label.type, running, by, now, label.detail), eventOf('flag.updated', moved, by, now)];
  return room === null
    ? { records: [running, moved], events }
    : { records: [running, moved, room.layer], events: [...events, eventOf('layer.changed', room.layer, by, now)] };
}

/** Null without a layer. A test that begins anew stays where it is, if it can. */
function roomFor(
  { layer, scope, key, trafficShare, slots }: Experiment,
  { bucketBy }: Flag,
  facts: LayerFacts,
): ReturnType<typeof takeRange> | null {
  const from = slots?.layer === layer ? slots?.from : undefined;
  return layer === null ? null : takeRange({ layer, scope, test: key, share: trafficShare, bucketBy, from: from ?? null }, facts);
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

function releasedFlag(flag: Flag, now: number): Flag {
  return { ...flag, ...withoutTest(flag), revision: flag.revision + 1, updatedAt: now };
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

/** The flag with the division and the conditions of the test, which moves its share from now on. */
export function divided(flag: Flag, experiment: Experiment, now: number): Flag | Refusal {
  const edited = editFlag(
    {
      ...flag,
      shareOwner: null,
      conditions: experiment.eligibility,
      variants: armValues(experiment.arms),
      slots: experiment.slots,
    },
    { type: 'allocate', allocation: divisionOf(experiment), owner: { kind: 'experiment', key: experiment.key } },
    now,
  );
  return isRefusal(edited) ? edited : { ...edited, revision: flag.revision + 1, updatedAt: now };
}

/** What the start of a test or of a new phase of it says of the division. */
export function figuresOf({ arms, trafficShare, layer }: Experiment): JsonObject {
  return {
    ...(layer === null ? {} : { layer }),
    trafficPercentage: shareToPercentage(trafficShare),
    split: Object.fromEntries(arms.map(({ variant, weight }) => [variant, shareToPercentage(weight)])),
  };
}
