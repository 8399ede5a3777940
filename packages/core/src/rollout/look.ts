/** One look at the stage that has the traffic: its readings taken and its clocks moved. What they mean is decided in `tick`. */

import type { Criterion, Measurement, Verdict } from '../analysis/criterion.ts';
import { judge } from '../analysis/judge.ts';
import { absenceOf, hasControl, ripened, silenceAt } from './absence.ts';
import { requestsAt, sidesOf, uncounted } from './comparisons.ts';
import { noted } from './evidence-trail.ts';
import type { Rollout, Silence, Stage, StagePhase, StageProgress, Validation } from './rollout.ts';
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
  const silences = hasControl(rollout, stage) ? silencesOf(rollout, stage, facts, enteredAt, now) : [];
  const requests = requestsAt(rollout, stage, facts);
  const verdicts = verdictsOf(rollout, stage, silences, facts, { requests, enteredAt, now });
  const isFresh = verdicts.every((verdict) => verdict.dryRun || verdict.value !== null);
  const isRunning = phase.name !== 'held' && phase.name !== 'awaitingApproval';
  const watchedMs = isRunning ? watchedSince(progress.tickedAt, rollout.plan.tickMs, now) : 0;
  const moved: StageProgress = {
    ...progress,
    enteredAt,
    bakedMs: progress.bakedMs + (isFresh ? watchedMs : 0),
    observedMs: progress.observedMs + watchedMs,
    tickedAt: phase.name === 'held' ? null : now,
    lookedAt: now,
    silences: silences.map((silence, index) => ripenedBy(facts, silence, stage.criteria[index], now)),
    exposures: Math.max(progress.exposures, facts.exposures),
    seen: Math.max(progress.seen, facts.seen),
    validation: notLater(newsOf(rollout, facts, at.stage) ?? progress.validation, now),
    ...(requests === undefined ? {} : { requests }),
  };
  const evidence = noted(rollout.evidence, verdicts, now);
  const watched = { ...rollout, progress: moved, verdicts, ...(evidence === undefined ? {} : { evidence }) };
  return { rollout: watched, at, stage, progress: moved, facts, now };
}

function verdictsOf(
  rollout: Rollout,
  stage: Stage,
  silences: readonly Silence[],
  facts: RolloutFacts,
  at: { readonly requests: StageProgress['requests']; readonly enteredAt: number; readonly now: number },
): Verdict[] {
  return stage.criteria.map((criterion, index) => {
    const sides = sidesOf(rollout, stage, criterion, facts, at.requests);
    const judged = judge(criterion, measurementOf(facts, index), at.enteredAt, at.now, sides);
    const counted = facts.requests?.[index] ?? null;
    const verdict = uncounted(judged, counted !== null && 'kind' in counted ? counted : null);
    return { ...verdict, ...absenceOf(silences[index], facts.controls[index] ?? null, criterion, at.now) };
  });
}

function ripenedBy({ asked, served }: RolloutFacts, silence: Silence, criterion: Criterion | undefined, now: number): Silence {
  return criterion === undefined ? silence : ripened(silence, criterion, { asked, served }, now);
}

function silencesOf(
  { progress, plan }: Rollout,
  stage: Stage,
  facts: RolloutFacts,
  enteredAt: number,
  now: number,
): readonly Silence[] {
  return stage.criteria.map((criterion, index) =>
    silenceAt(progress?.silences[index], {
      measurement: measurementOf(facts, index),
      criterion,
      serves: { asked: facts.asked, served: facts.served },
      tickMs: plan.tickMs,
      lookedAt: progress?.lookedAt ?? null,
      enteredAt,
      now,
    }),
  );
}

function measurementOf({ measurements }: RolloutFacts, index: number): Measurement {
  return measurements[index] ?? { kind: 'noData', at: null };
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
