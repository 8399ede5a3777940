/** One look at the stage that has the traffic: its readings taken and its clocks moved. What they mean is decided in `tick`. */
import { judge } from '../analysis/judge.ts';
import type { Rollout, Stage, StagePhase, StageProgress, Validation } from './rollout.ts';
import type { RolloutFacts } from './step.ts';

/** A longer gap between looks was not watched: it counts for no more than this many ticks. */
const MAX_GAP_TICKS = 3;

export interface Look {
  /** With its readings and clocks as of `now`. */
  readonly rollout: Rollout;
  /** The phase of the stage, also while held. */
  readonly at: StagePhase;
  readonly stage: Stage;
  readonly progress: StageProgress;
  readonly facts: RolloutFacts;
  readonly now: number;
}

/** Null when no stage has the traffic. */
export function lookAt(rollout: Rollout, facts: RolloutFacts, now: number): Look | null {
  const { phase, progress } = rollout;
  const at = phase.name === 'held' ? phase.resumesTo : phase;
  const stage = 'stage' in at ? rollout.plan.stages[at.stage] : undefined;
  if (!('stage' in at) || stage === undefined || progress === null) return null;
  // A clock that was set back to before the stage: data counts from now.
  const enteredAt = Math.min(progress.enteredAt, now);
  const verdicts = stage.criteria.map((criterion, index) =>
    judge(criterion, facts.measurements[index] ?? { kind: 'noData', at: null }, enteredAt, now),
  );
  const isFresh = verdicts.every((verdict) => verdict.dryRun || verdict.value !== null);
  const isRunning = phase.name !== 'held' && phase.name !== 'awaitingApproval';
  const watchedMs = isRunning ? watchedSince(progress.tickedAt, rollout.plan.tickMs, now) : 0;
  const moved: StageProgress = {
    ...progress,
    enteredAt,
    bakedMs: progress.bakedMs + (isFresh ? watchedMs : 0),
    observedMs: progress.observedMs + watchedMs,
    tickedAt: phase.name === 'held' ? null : now,
    exposures: Math.max(progress.exposures, facts.exposures),
    seen: Math.max(progress.seen, facts.seen),
    validation: notLater(newsOf(rollout, facts, at.stage) ?? progress.validation, now),
  };
  return { rollout: { ...rollout, progress: moved, verdicts }, at, stage, progress: moved, facts, now };
}

/** By a clock that was set back since, a run was at the latest now: what is due after it must not wait for the clock to be there again. */
function notLater(validation: Validation | null, now: number): Validation | null {
  return validation === null || validation.at <= now ? validation : { ...validation, at: now };
}

function watchedSince(tickedAt: number | null, tickMs: number, now: number): number {
  return tickedAt === null ? 0 : Math.min(Math.max(0, now - tickedAt), MAX_GAP_TICKS * tickMs);
}

/** A run that began for another stage, or for the rollout that this one replaced, says nothing of this stage. */
function newsOf({ plan, number }: Rollout, { validation }: RolloutFacts, stage: number): StageProgress['validation'] {
  const isOurs = validation !== null && validation.rollout === number && validation.stage === stage;
  return isOurs && plan.validatorName !== null ? validation : null;
}
