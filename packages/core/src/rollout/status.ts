/** How a rollout stands, as people and dashboards read it. */

import type { Criterion, Verdict } from '../analysis/criterion.ts';
import { type Flag, isLive, servedShare } from '../flag/flag.ts';
import { shareToPercentage } from '../share.ts';
import { driftProblem } from './drift.ts';
import { durationInWords } from './duration.ts';
import type { EvidencePoint } from './evidence-trail.ts';
import type { FreezeWindow } from './freeze.ts';
import { notBeforeText, pendingText } from './pending.ts';
import { reachWarnings } from './reach.ts';
import { currentStage, type HeldPhase, isEnded, type Phase, type Rollout, type Stage } from './rollout.ts';

export const RolloutPhase = {
  PENDING: 'pending',
  PREFLIGHT: 'preflight',
  BAKING: 'baking',
  AWAITING_APPROVAL: 'awaiting_approval',
  HELD: 'held',
  FINALIZING: 'finalizing',
  ROLLING_BACK: 'rolling_back',
  COMPLETED: 'completed',
  /** Rolled back by harm, or refused by preflight; `error` says why. */
  FAILED: 'failed',
  /** The end of a gradual rollback, or of a rollout whose stage was rejected. */
  ROLLED_BACK: 'rolled_back',
  ABORTED: 'aborted',
  SUPERSEDED: 'superseded',
} as const;
export type RolloutPhase = (typeof RolloutPhase)[keyof typeof RolloutPhase];

export interface RolloutStatus {
  readonly flag: string;
  /** Counts the rollouts of this flag from 1. */
  readonly number: number;
  readonly strategy: Rollout['plan']['strategy'];
  readonly phase: RolloutPhase;
  /** The machine's own phase, with what belongs to it. */
  readonly state: Phase;
  /** The stage's percentage while it lasts (for rings and previews the share its groups are expected to be), else what the flag serves. */
  readonly currentPercentage: number;
  /** From 0; null before the first stage and after the end. */
  readonly stage: number | null;
  readonly stagePercentages: readonly number[];
  /** How long the stage must be observed, and how much of it is left; null where no stage has the traffic. */
  readonly bakeMs: number | null;
  readonly bakeRemainingMs: number | null;
  readonly exposures: number;
  /** What has to happen next, in words; null at an end. */
  readonly waitingFor: string | null;
  readonly verdicts: readonly Verdict[];
  /** What the stage is judged by; of a rollout that has no stage now what all of its stages are, each once. */
  readonly criteria: readonly Criterion[];
  /** How the evidence of its comparisons grew over all stages, the oldest first. */
  readonly evidence: readonly EvidencePoint[];
  readonly warnings: readonly string[];
  readonly error: string | null;
  /** Of an end that is no failure: by whom and why it was aborted or superseded, or how far a rollback went. Null otherwise. */
  readonly endedBecause: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

const PHASES: Readonly<Record<Phase['name'], RolloutPhase>> = {
  pending: 'pending',
  preflight: 'preflight',
  baking: 'baking',
  awaitingApproval: 'awaiting_approval',
  held: 'held',
  finalizing: 'finalizing',
  rollingBack: 'rolling_back',
  completed: 'completed',
  rolledBack: 'failed',
  preflightFailed: 'failed',
  aborted: 'aborted',
  superseded: 'superseded',
};

/** What a status is read by besides the records. */
export interface StatusFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Those of all rollouts; the rollout's own are in its plan. */
  readonly freezeWindows: readonly FreezeWindow[];
}

export function rolloutStatus(rollout: Rollout, flag: Flag | undefined, facts: StatusFacts): RolloutStatus {
  const { phase, plan, progress } = rollout;
  const stage = currentStage(phase);
  const current = stage === null ? undefined : plan.stages[stage];
  return {
    flag: rollout.key,
    number: rollout.number,
    strategy: plan.strategy,
    phase: phase.name === 'rolledBack' && phase.cause !== 'harm' ? 'rolled_back' : PHASES[phase.name],
    state: phase,
    currentPercentage: current?.percentage ?? (flag === undefined ? 0 : shareToPercentage(servedShare(flag))),
    stage,
    stagePercentages: plan.stages.map(({ percentage }) => percentage),
    bakeMs: current?.bakeMs ?? null,
    bakeRemainingMs: current === undefined || progress === null ? null : Math.max(0, current.bakeMs - progress.bakedMs),
    exposures: stage === null ? 0 : (progress?.exposures ?? 0),
    waitingFor: forcedText(rollout, flag) ?? waitingFor(rollout, facts),
    verdicts: rollout.verdicts,
    criteria: current?.criteria ?? everyCriterion(plan.stages),
    evidence: rollout.evidence?.points ?? [],
    warnings: warningsOf(rollout, current),
    error: isFailure(phase) ? phase.message : null,
    endedBecause: isEnded(phase) && 'message' in phase && !isFailure(phase) ? phase.message : null,
    startedAt: new Date(rollout.startedAt),
    endedAt: rollout.endedAt === null ? null : new Date(rollout.endedAt),
  };
}

function everyCriterion(stages: readonly Stage[]): readonly Criterion[] {
  const byName = new Map(stages.flatMap(({ criteria }) => criteria).map((criterion) => [criterion.name, criterion]));
  return [...byName.values()];
}

function isFailure(phase: Phase): phase is Extract<Phase, { name: 'preflightFailed' | 'rolledBack' }> {
  return phase.name === 'preflightFailed' || (phase.name === 'rolledBack' && phase.cause === 'harm');
}

/** A ring that has met nobody is told of when it ends; one that is too large as soon as that is seen. */
function warningsOf({ warnings, progress }: Rollout, stage: Stage | undefined): readonly string[] {
  if (stage === undefined || progress === null || progress.exposures === 0) return warnings;
  return [...new Set([...warnings, ...reachWarnings(stage, progress)])];
}

/** The share was moved by hand, and the look that will hold the rollout for it is still to come. */
function forcedText(rollout: Rollout, flag: Flag | undefined): string | null {
  const { phase } = rollout;
  if (isEnded(phase) || !isLive(flag)) return null;
  if (phase.name === 'held' && (phase.reason === 'drift' || phase.reason === 'manual')) return null;
  const problem = driftProblem(rollout, flag);
  return problem === null ? null : `the next look, which will hold it: ${problem}`;
}

function waitingFor(rollout: Rollout, { now, freezeWindows }: StatusFacts): string | null {
  const { phase, plan, progress, verdicts } = rollout;
  if (isEnded(phase)) return null;
  if (phase.name === 'held')
    return `${phase.clearsWith === null ? 'resumeRollout' : phase.clearsWith}: ${holdText(rollout, phase)}`;
  if (phase.name === 'pending') return pendingText(rollout, phase, freezeWindows, now);
  if (phase.name === 'preflight')
    return plan.validatorName === null
      ? 'the next look'
      : `the preflight, which needs the validator "${plan.validatorName}" to be registered`;
  if (phase.name === 'awaitingApproval') return `approveStage, after stage ${phase.stage + 1} of ${plan.stages.length}`;
  const stage = 'stage' in phase ? plan.stages[phase.stage] : undefined;
  if (stage === undefined || progress === null) return phase.name;
  if (progress.bakedMs < stage.bakeMs && !isAtBottom(phase, plan))
    return `the bake: ${duration(progress.bakedMs, stage.bakeMs)} of ${duration(stage.bakeMs)} observed`;
  if (progress.exposures < stage.minExposures) return `${progress.exposures} of ${stage.minExposures} units served`;
  const open = verdicts.find((verdict) => verdict.verdict !== 'pass' && !verdict.dryRun);
  if (open !== undefined) return open.message;
  const next = 'stage' in phase ? phase.stage + 1 : 0;
  const notBefore = plan.stages[next]?.notBefore ?? null;
  if (notBefore !== null && phase.name === 'baking' && notBefore > (progress.lookedAt ?? Number.NEGATIVE_INFINITY))
    return notBeforeText(next, notBefore);
  return plan.validatorName === null ? 'the next look' : `the validator "${plan.validatorName}"`;
}

/** What was held for may have changed since: a hold for data tells what the last look found. */
function holdText({ verdicts, progress, plan }: Rollout, held: HeldPhase): string {
  const stage = plan.stages[held.resumesTo.stage];
  if (held.clearsWith === 'exposures' && progress !== null && stage !== undefined)
    return `${progress.exposures} of ${stage.minExposures} units served`;
  const silent = held.clearsWith === 'data' ? verdicts.filter(({ verdict, dryRun }) => verdict === 'error' && !dryRun) : [];
  return silent.length === 0 ? held.message : silent.map(({ message }) => message).join('; ');
}

/** The last stage of a gradual rollback is not stayed at. */
function isAtBottom(phase: Phase, { stages }: Rollout['plan']): boolean {
  return phase.name === 'rollingBack' && phase.stage >= stages.length - 1;
}

/** In whole seconds, or in milliseconds where the whole is less than a second. */
function duration(ms: number, whole = ms): string {
  if (whole < 1000) return `${Math.floor(ms)} ms`;
  return ms < 1000 ? '0 s' : durationInWords(Math.floor(ms / 1000) * 1000);
}
