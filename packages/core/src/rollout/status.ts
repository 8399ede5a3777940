/** How a rollout stands, as people and dashboards read it. */
import type { Verdict } from '../analysis/criterion.ts';
import { type Flag, servedShare } from '../flag/flag.ts';
import { shareToPercentage } from '../share.ts';
import { currentStage, isEnded, type Phase, type Rollout } from './rollout.ts';

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
  /** The end of a gradual rollback. */
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
  readonly bakeRemainingMs: number | null;
  readonly exposures: number;
  /** What has to happen next, in words; null at an end. */
  readonly waitingFor: string | null;
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly string[];
  readonly error: string | null;
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

export function rolloutStatus(rollout: Rollout, flag: Flag | undefined): RolloutStatus {
  const { phase, plan, progress } = rollout;
  const stage = currentStage(phase);
  const current = stage === null ? undefined : plan.stages[stage];
  return {
    flag: rollout.key,
    number: rollout.number,
    strategy: plan.strategy,
    phase: phase.name === 'rolledBack' && phase.cause === 'gradual' ? 'rolled_back' : PHASES[phase.name],
    state: phase,
    currentPercentage: current?.percentage ?? (flag === undefined ? 0 : shareToPercentage(servedShare(flag))),
    stage,
    stagePercentages: plan.stages.map(({ percentage }) => percentage),
    bakeRemainingMs: current === undefined || progress === null ? null : Math.max(0, current.bakeMs - progress.bakedMs),
    exposures: stage === null ? 0 : (progress?.exposures ?? 0),
    waitingFor: waitingFor(rollout),
    verdicts: rollout.verdicts,
    warnings: rollout.warnings,
    error: phase.name === 'preflightFailed' || (phase.name === 'rolledBack' && phase.cause === 'harm') ? phase.message : null,
    startedAt: new Date(rollout.startedAt),
    endedAt: rollout.endedAt === null ? null : new Date(rollout.endedAt),
  };
}

function waitingFor({ phase, plan, progress, verdicts }: Rollout): string | null {
  if (isEnded(phase)) return null;
  if (phase.name === 'held') return `${phase.clearsWith === null ? 'resumeRollout' : phase.clearsWith}: ${phase.message}`;
  if (phase.name === 'awaitingApproval') return `approveStage, after stage ${phase.stage + 1} of ${plan.stages.length}`;
  const stage = 'stage' in phase ? plan.stages[phase.stage] : undefined;
  if (stage === undefined || progress === null) return phase.name;
  if (progress.bakedMs < stage.bakeMs) return `the bake: ${seconds(progress.bakedMs)} of ${seconds(stage.bakeMs)} observed`;
  if (progress.exposures < stage.minExposures) return `${progress.exposures} of ${stage.minExposures} units served`;
  const open = verdicts.find((verdict) => verdict.verdict !== 'pass' && !verdict.dryRun);
  if (open !== undefined) return open.message;
  return plan.validatorName === null ? 'the next look' : `the validator "${plan.validatorName}"`;
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}
