/** The outcome of a transition, and the few ways there are to build one. */
import type { Compared } from '../analysis/comparison.ts';
import type { Measurement } from '../analysis/criterion.ts';
import type { RequestInterval } from '../analysis/request-counts.ts';
import type { EventType } from '../event-type.ts';
import type { Allocation, Flag } from '../flag/flag.ts';
import type { SegmentLookup } from '../flag/match.ts';
import type { JsonObject } from '../json.ts';
import { shareToPercentage } from '../share.ts';
import { completedAllocation, stageAllocation } from './allocation.ts';
import { type FreezeWindow, openMs, openSince } from './freeze.ts';
import { judgedStage } from './judged-stage.ts';
import type { EndPhase, HeldPhase, Phase, Rollout, StagePhase, StageProgress, Validation } from './rollout.ts';

/** What is known when a rollout is looked at. */
export interface RolloutFacts {
  /** Null when the flag is not there. */
  readonly flag: Flag | null;
  readonly validator: 'none' | 'missing' | 'registered';
  /** Why a criterion of the plan can never be measured here, in words; asked in preflight, null otherwise. */
  readonly sourceProblem: string | null;
  /** A finished run that no transition has been given yet. */
  readonly validation: Validation | null;
  /** Distinct units that this stage has served its new variant. */
  readonly exposures: number;
  /** Distinct units that asked while groups alone decide who is in; 0 elsewhere. */
  readonly seen: number;
  /** Evaluations of this stage by a unit: all, and those that got the change. */
  readonly asked: number;
  readonly served: number;
  /** One per criterion of the current stage, in its order. */
  readonly measurements: readonly Measurement[];
  /** The same of the control, where `controlRange` asked for it; null elsewhere. */
  readonly controls: readonly (Measurement | null)[];
  /** One per criterion of the current stage: what it compares; null for those that compare nothing, and absent where none does. */
  readonly compared?: readonly (Compared | null)[];
  /** The same: requests of both sides since `requestsFrom`, or why they could not be counted; null while there is nothing new. */
  readonly requests?: readonly (RequestInterval | Unmeasured | null)[];
  /** Windows in which no rollout opens a stage, besides its own. */
  readonly freezeWindows: readonly FreezeWindow[];
  /** In preflight: why the version to roll out cannot be used where the rollout is driven. Absent when it can, and where nothing is loaded. */
  readonly versionProblem?: string;
  /** Nobody reads the verdicts of this look, as in a simulation; absent where they are shown. */
  readonly isUnread?: boolean;
  /** The segments of the scope, for the rehearsal in preflight. */
  readonly segments?: SegmentLookup;
}

/** Why something could not be measured. */
export type Unmeasured = Extract<Measurement, { kind: 'error' }>;

export interface TransitionEvent {
  readonly type: EventType;
  readonly reason: string;
  readonly detail: JsonObject;
}

export interface Transition {
  /** The rollout after it, its revision unchanged. */
  readonly rollout: Rollout;
  /** To be written to the flag in the same commit; null leaves the flag. */
  readonly allocation: Allocation | null;
  /** The rollout gives the share back. */
  readonly releaseShare: boolean;
  readonly events: readonly TransitionEvent[];
  /** A run of the validator that is needed, unless one is under way. */
  readonly validate: { readonly percentage: number; readonly atEndOfBake: boolean } | null;
  /** False when only clocks and readings moved, which need not be kept at once. */
  readonly changed: boolean;
}

type Outcome = Omit<Transition, 'rollout' | 'changed'>;
const NOTHING: Outcome = { allocation: null, releaseShare: false, events: [], validate: null };

/** Nothing but clocks and readings moved. */
export function stay(rollout: Rollout, now: number, validate: Transition['validate'] = null): Transition {
  return { ...NOTHING, validate, rollout: { ...rollout, dueAt: now + rollout.plan.tickMs }, changed: false };
}

export function change(rollout: Rollout, phase: Phase, now: number, outcome: Partial<Outcome>): Transition {
  return { ...NOTHING, ...outcome, rollout: { ...rollout, phase, dueAt: now + rollout.plan.tickMs }, changed: true };
}

export function end(rollout: Rollout, phase: EndPhase, now: number, outcome: Partial<Outcome>): Transition {
  return { ...NOTHING, releaseShare: true, ...outcome, rollout: { ...rollout, phase, endedAt: now, dueAt: null }, changed: true };
}

export function isLastStage(rollout: Rollout, stage: number): boolean {
  return stage >= rollout.plan.stages.length - 1;
}

/** Opens a stage; the last one is the soak. `events` come before the stage's own, which keeps what the stage before came to. */
export function enterStage(
  rollout: Rollout,
  stage: number,
  now: number,
  reason: string,
  events: readonly TransitionEvent[] = [],
): Transition {
  const isLast = isLastStage(rollout, stage);
  const phase: StagePhase = isLast ? { name: 'finalizing', stage } : { name: 'baking', stage };
  const { entered, allocation, detail: opened } = openedStage(rollout, stage, now);
  const judged = judgedStage(rollout);
  const detail = judged === null ? opened : { ...opened, judged };
  const own: TransitionEvent = { type: isLast ? 'rollout.finalizing' : 'rollout.advanced', reason, detail };
  return change(entered, phase, now, { allocation, events: [...events, own] });
}

/** The rollout with this stage's traffic, its clocks at nought. */
export function openedStage(
  rollout: Rollout,
  stage: number,
  now: number,
): { readonly entered: Rollout; readonly allocation: Allocation; readonly detail: JsonObject } {
  const allocation = stageAllocation(rollout, stage);
  const detail = {
    stage,
    percentage: rollout.plan.stages[stage]?.percentage ?? 0,
    sharePercentage: shareToPercentage(allocation.share),
  };
  const requests = rollout.progress?.requests;
  const progress = { ...freshProgress(now), ...(requests === undefined ? {} : { requests }) };
  const entered: Rollout = { ...rollout, applied: allocation, progress, verdicts: [] };
  return { entered, allocation, detail };
}

export function complete(rollout: Rollout, now: number, reason: string, events: readonly TransitionEvent[] = []): Transition {
  const allocation = completedAllocation(rollout);
  const detail = { percentage: rollout.plan.targetPercentage };
  const own: TransitionEvent = { type: 'rollout.completed', reason, detail };
  return end({ ...rollout, applied: allocation }, { name: 'completed' }, now, { allocation, events: [...events, own] });
}

/** Stops where the traffic is. The clocks stand still until it goes on. */
export function hold(
  rollout: Rollout,
  at: StagePhase,
  held: Pick<HeldPhase, 'reason' | 'message' | 'clearsWith'>,
  now: number,
): Transition {
  const phase: HeldPhase = { name: 'held', ...held, since: now, resumesTo: at };
  const event: TransitionEvent = { type: 'rollout.held', reason: held.message, detail: { hold: held.reason, stage: at.stage } };
  return change(stoodStill(rollout), phase, now, { events: [event] });
}

/** Goes on after a hold, with the rest of the bake. `allFrozen` are the windows of all rollouts. */
export function goOn(
  rollout: Rollout,
  held: HeldPhase,
  now: number,
  reason: string,
  allFrozen: readonly FreezeWindow[],
): Transition {
  const rested = rollout.progress === null ? null : restedProgress(rollout.progress, held, now);
  const resumesTo = restedPhase(held, [...rollout.plan.freezeWindows, ...allFrozen], now);
  const event: TransitionEvent = { type: 'rollout.resumed', reason, detail: { hold: held.reason, stage: held.resumesTo.stage } };
  const reasserted = held.reason === 'drift' ? rollout.applied : null;
  return change({ ...rollout, progress: rested }, resumesTo, now, { allocation: reasserted, events: [event] });
}

/** A hold is no part of the time in which an approval is waited for, nor is a freeze before it, and one that expired is asked for anew. */
function restedPhase({ resumesTo, reason, since }: HeldPhase, windows: readonly FreezeWindow[], now: number): StagePhase {
  if (resumesTo.name !== 'awaitingApproval') return resumesTo;
  if (reason === 'approvalExpired') return { ...resumesTo, since: now };
  const waited = openMs(windows, resumesTo.since, since);
  return { ...resumesTo, since: openSince(windows, waited, resumesTo.since, now) };
}

/** What was held for is not held for twice: the validator runs again, and a deadline that came starts anew. */
function restedProgress(progress: StageProgress, held: HeldPhase, now: number): StageProgress {
  const cameByDeadline = held.reason === 'inconclusive' || held.clearsWith === 'exposures';
  return {
    ...progress,
    observedMs: cameByDeadline ? 0 : progress.observedMs,
    tickedAt: now,
    validation: progress.validation?.outcome === 'error' ? null : progress.validation,
  };
}

/** Time from now on is not watched until the next look that watches. */
export function stoodStill(rollout: Rollout): Rollout {
  return rollout.progress === null ? rollout : { ...rollout, progress: { ...rollout.progress, tickedAt: null } };
}

/** Nobody looked until now, and what was measured before may be lost. */
export function unwatched(rollout: Rollout): Rollout {
  const still = stoodStill(rollout);
  return still.progress === null ? still : { ...still, progress: { ...still.progress, lookedAt: null } };
}

export function freshProgress(now: number): StageProgress {
  const clocks = { enteredAt: now, bakedMs: 0, observedMs: 0, tickedAt: now, lookedAt: now };
  return { ...clocks, exposures: 0, seen: 0, silences: [], validation: null };
}
