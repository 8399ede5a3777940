/** The rollout record: the plan and the progress of moving a flag's share. What it does next is in `transition`. */
import type { Criterion, Verdict } from '../analysis/criterion.ts';
import type { RequestCounts } from '../analysis/request-counts.ts';
import type { Allocation } from '../flag/flag.ts';
import type { Scope } from '../scope.ts';
import type { Share } from '../share.ts';
import type { EvidenceTrail } from './evidence-trail.ts';
import type { FreezeWindow } from './freeze.ts';

export const ROLLOUT_STRATEGIES = ['canary', 'blueGreen', 'percentage', 'ring'] as const;
export type RolloutStrategyName = (typeof ROLLOUT_STRATEGIES)[number];

export interface Stage {
  /** What people call the stage and what the validator is told, 0 to 100. For a ring it is the share it is expected to be. */
  readonly percentage: number;
  /** The share to allocate while the stage lasts; null leaves the share from before the rollout (rings, preview). */
  readonly share: Share | null;
  readonly groups: readonly string[];
  readonly bakeMs: number;
  /** Distinct units that must have been served before the stage may end. */
  readonly minExposures: number;
  readonly criteria: readonly Criterion[];
  readonly approval: 'auto' | 'manual';
  /** Observed time after which a stage that is still waiting is held. */
  readonly deadlineMs: number;
  /** The stage is not opened before; null is as soon as the one before it is over. */
  readonly notBefore: number | null;
}

export interface RolloutPlan {
  /** `rollback` is the descending plan of a gradual rollback. */
  readonly strategy: RolloutStrategyName | 'rollback';
  readonly stages: readonly [Stage, ...Stage[]];
  readonly targetPercentage: number;
  /** Validators are found by name, so that a restarted process finds them again. Null: criteria alone judge. */
  readonly validatorName: string | null;
  /** Besides at each stage's end, run the validator this often; null is only at the end. */
  readonly validateEveryMs: number | null;
  readonly validatorDeadlineMs: number;
  /** The variant the share moves to; null keeps the flag's. */
  readonly toVariant: string | null;
  /** Of a component: completed at 100 %, its on variant becomes the off variant too, which is the stable version. */
  readonly makesStable: boolean;
  readonly tickMs: number;
  /** The first stage is not opened before; null is at once. */
  readonly startAt: number | null;
  /** Whether somebody must approve the start. */
  readonly startApproval: boolean;
  /** How long an approval of the start is waited for. */
  readonly startApprovalExpiryMs: number;
  /** How long an approval of a stage is waited for. */
  readonly approvalExpiryMs: number;
  /** While one lasts, no stage is opened. */
  readonly freezeWindows: readonly FreezeWindow[];
}

export const HOLD_REASONS = [
  'manual',
  'noData',
  'provider',
  'inconclusive',
  'drift',
  'freeze',
  'approvalExpired',
  'error',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Phases in which a stage has the traffic. */
export type StagePhase =
  | { readonly name: 'baking'; readonly stage: number }
  | { readonly name: 'awaitingApproval'; readonly stage: number; readonly since: number }
  | { readonly name: 'finalizing'; readonly stage: number }
  | { readonly name: 'rollingBack'; readonly mode: 'gradual'; readonly stage: number };

export interface HeldPhase {
  readonly name: 'held';
  readonly reason: HoldReason;
  /** What happened, in words. */
  readonly message: string;
  readonly since: number;
  /** What ends the hold by itself; null waits for a person. */
  readonly clearsWith: 'data' | 'exposures' | 'validator' | 'window' | null;
  readonly resumesTo: StagePhase;
}

export type EndPhase =
  | { readonly name: 'completed' }
  | { readonly name: 'rolledBack'; readonly cause: 'harm' | 'gradual' | 'rejected'; readonly message: string }
  | { readonly name: 'preflightFailed'; readonly message: string }
  /** `message` says by whom and why. */
  | { readonly name: 'aborted' | 'superseded'; readonly message: string };

export type Phase =
  /** Before its instant, or since when its start waits for an approval. The share has its owner already. */
  | { readonly name: 'pending'; readonly startAt: number | null; readonly approvalSince: number | null }
  | { readonly name: 'preflight' }
  | StagePhase
  | HeldPhase
  | EndPhase;

/** What a validator run came to: `advance` only for `true`, `harm` only for `false`, anything else is `error`. */
export interface Validation {
  /** The number of the rollout that it was run for. */
  readonly rollout: number;
  readonly stage: number;
  /** Whether the stage's bake was over when the run began; only such a run lets a stage end. */
  readonly atEndOfBake: boolean;
  readonly outcome: 'advance' | 'harm' | 'error';
  readonly message: string;
  readonly at: number;
}

/** Since when a criterion has heard nothing of the change, and what was served meanwhile. */
export interface Silence {
  readonly since: number;
  /** Evaluations of the stage when it began: of all, and of those that got the change. */
  readonly asked: number;
  readonly served: number;
  /** Nothing was heard in this stage at all. */
  readonly isFirst: boolean;
  /** The evaluations by which it will be judged when each had the time to report; null while they are too few. */
  readonly ripe: { readonly at: number; readonly asked: number; readonly served: number } | null;
}

/** Progress within the stage that has the traffic. */
export interface StageProgress {
  readonly enteredAt: number;
  /** Time the controller watched this stage with fresh data; what the bake counts. */
  readonly bakedMs: number;
  /** Time the controller watched this stage at all, holds left out; what the deadline counts. */
  readonly observedMs: number;
  /** The last look, or null after a hold or a restart: time not looked at does not count. */
  readonly tickedAt: number | null;
  /** The last look, holds included; null after a restart. */
  readonly lookedAt: number | null;
  /** One for each criterion that has been looked at, in their order; empty without a control. */
  readonly silences: readonly Silence[];
  /** Distinct units that the stage served its new variant; where groups alone decide who is in, their members. */
  readonly exposures: number;
  /** Where groups alone decide: distinct units that asked, served or not; 0 elsewhere. */
  readonly seen: number;
  readonly validation: Validation | null;
  /** By the name of a criterion that compares: the requests of both sides, over all stages so far; absent where none were counted. */
  readonly requests?: Readonly<Record<string, RequestCounts>>;
}

export interface Rollout {
  readonly kind: 'rollout';
  readonly scope: Scope;
  /** The flag's key: a flag has at most one rollout at a time, and the record is that of the latest. */
  readonly key: string;
  readonly revision: number;
  /** Counts the rollouts of this flag from 1. */
  readonly number: number;
  readonly plan: RolloutPlan;
  /** What going back restores. */
  readonly before: Allocation;
  /** What this rollout last wrote to the flag; anything else found there is drift. Null before the first stage. */
  readonly applied: Allocation | null;
  readonly phase: Phase;
  readonly progress: StageProgress | null;
  readonly verdicts: readonly Verdict[];
  /** How the evidence of its comparisons grew; absent before there was any. */
  readonly evidence?: EvidenceTrail;
  readonly warnings: readonly string[];
  readonly startedAt: number;
  readonly startedBy: string;
  readonly reason: string;
  readonly endedAt: number | null;
  /** When the controller must look again; null when ended. */
  readonly dueAt: number | null;
}

const ENDS: ReadonlySet<string> = new Set<EndPhase['name']>([
  'completed',
  'rolledBack',
  'preflightFailed',
  'aborted',
  'superseded',
]);

export function isEnded(phase: Phase): phase is EndPhase {
  return ENDS.has(phase.name);
}

/** The index of the stage that has the traffic, also while held; null before the first and after the end. */
export function currentStage(phase: Phase): number | null {
  if (phase.name === 'held') return phase.resumesTo.stage;
  return 'stage' in phase ? phase.stage : null;
}
