/** What a look at a rollout decides, on the facts of that instant. */
import type { Verdict } from '../analysis/criterion.ts';
import { worstVerdict } from '../analysis/judge.ts';
import { isLive, servedShare } from '../flag/flag.ts';
import type { JsonObject } from '../json.ts';
import { shareToPercentage } from '../share.ts';
import { baseAllocation } from './allocation.ts';
import { endWithFlag } from './commands.ts';
import { driftProblem } from './drift.ts';
import { freezeAt } from './freeze.ts';
import { clearedBy, holdFor } from './holds.ts';
import { judgedStage } from './judged-stage.ts';
import { type Look, lookAt } from './look.ts';
import { freezeText, pending } from './pending.ts';
import { reachWarnings } from './reach.ts';
import { rehearse } from './rehearse.ts';
import type { Rollout, StagePhase, StageProgress } from './rollout.ts';
import {
  change,
  complete,
  end,
  enterStage,
  goOn,
  hold,
  isLastStage,
  openedStage,
  type RolloutFacts,
  stay,
  type Transition,
  type TransitionEvent,
} from './step.ts';

/** The rollout has not ended. */
export function tick(rollout: Rollout, facts: RolloutFacts, now: number): Transition {
  if (!isLive(facts.flag)) return endWithFlag(rollout, facts.flag ?? undefined, now);
  if (rollout.phase.name === 'pending') return pending(rollout, rollout.phase, facts.freezeWindows, now);
  if (rollout.phase.name === 'preflight') return preflight(rollout, facts, now);
  return watchStage(rollout, facts, now);
}

/** Before anybody sees the change: proves that the way back works and that what judges is there. */
function preflight(rollout: Rollout, facts: RolloutFacts, now: number): Transition {
  // A process that does not have it yet, such as one that was restarted just now, is no fault of the plan.
  if (facts.validator === 'missing') return stay(rollout, now);
  // A freeze that began while the validator was waited for.
  const frozen = freezeAt([...rollout.plan.freezeWindows, ...facts.freezeWindows], now);
  if (frozen !== null)
    return change(rollout, { name: 'pending', startAt: null, approvalSince: null }, now, {
      events: [{ type: 'rollout.pending', reason: freezeText(frozen), detail: {} }],
    });
  const problem =
    facts.flag === null
      ? 'the flag is gone'
      : (facts.sourceProblem ?? facts.versionProblem ?? rehearse(rollout, facts.flag, facts.segments));
  if (problem === null) return enterStage(rollout, 0, now, 'preflight passed: the way back was rehearsed');
  return end(rollout, { name: 'preflightFailed', message: problem }, now, {
    events: [{ type: 'rollout.preflightFailed', reason: problem, detail: {} }],
  });
}

function watchStage(before: Rollout, facts: RolloutFacts, now: number): Transition {
  const look = lookAt(before, facts, now);
  if (look === null) return stay(before, now);
  const { rollout, at, progress } = look;
  const harm = harmOf(rollout.verdicts, progress);
  if (harm !== null) return rollBack(look, harm);
  const held = rollout.phase.name === 'held' ? rollout.phase : null;
  const drift =
    facts.flag === null || held?.reason === 'drift' || held?.reason === 'manual' ? null : driftProblem(rollout, facts.flag);
  if (drift !== null) return hold(rollout, at, { reason: 'drift', message: drift, clearsWith: null }, now);
  if (held !== null) {
    const cleared = clearedBy(held, look);
    return cleared === null ? stay(rollout, now) : goOn(rollout, held, now, cleared, facts.freezeWindows);
  }
  if (at.name === 'rollingBack') return descend(look, at.stage);
  const reason = holdFor(look);
  if (reason !== null) return hold(rollout, at, reason, now);
  if (at.name === 'awaitingApproval') return stay(rollout, now, dueValidation(look));
  return bake(look);
}

function harmOf(verdicts: readonly Verdict[], progress: StageProgress): string | null {
  const failed = verdicts.filter((verdict) => verdict.verdict === 'fail' && !verdict.dryRun);
  if (failed.length > 0) return failed.map((verdict) => verdict.message).join('; ');
  return progress.validation?.outcome === 'harm' ? progress.validation.message : null;
}

/** Everybody is where they were before, in the same commit that records why. */
function rollBack({ rollout, facts, now }: Look, message: string): Transition {
  const detail: JsonObject = {
    cause: 'harm',
    ...judgedStage(rollout),
    fromPercentage: facts.flag === null ? 0 : shareToPercentage(servedShare(facts.flag)),
    toPercentage: shareToPercentage(servedShare(baseAllocation(rollout))),
  };
  return end(rollout, { name: 'rolledBack', cause: 'harm', message }, now, {
    allocation: rollout.before,
    events: [{ type: 'rollout.rolledBack', reason: message, detail }],
  });
}

/** The stage may end when it has baked, was seen by enough units, every criterion passes and the validator says so. */
function bake(look: Look): Transition {
  const { rollout, at, stage, progress, facts, now } = look;
  const isReady =
    progress.bakedMs >= stage.bakeMs && progress.exposures >= stage.minExposures && worstVerdict(rollout.verdicts) === 'pass';
  // What judges the stage is asked when the next one may be opened, not days before.
  const notBefore = rollout.plan.stages[at.stage + 1]?.notBefore ?? now;
  if (!isReady || notBefore > now) return stay(rollout, now, dueValidation(look));
  const mayEnd =
    facts.validator === 'none' || (progress.validation?.atEndOfBake === true && progress.validation.outcome === 'advance');
  if (!mayEnd) return stay(rollout, now, { percentage: stage.percentage, atEndOfBake: true });
  const passed = `stage ${at.stage + 1} passed at ${stage.percentage} %`;
  const warned = { ...rollout, warnings: [...rollout.warnings, ...reachWarnings(stage, progress)] };
  if (stage.approval === 'auto')
    return isLastStage(rollout, at.stage) ? complete(warned, now, passed) : enterUnlessFrozen(look, warned, passed);
  const waiting: StagePhase = { name: 'awaitingApproval', stage: at.stage, since: now };
  return change(warned, waiting, now, {
    events: [{ type: 'rollout.awaitingApproval', reason: `${passed}; it waits for an approval`, detail: { stage: at.stage } }],
  });
}

/** Completing opens nothing and is never frozen. */
function enterUnlessFrozen({ rollout, at, facts, now }: Look, warned: Rollout, passed: string): Transition {
  const frozen = freezeAt([...rollout.plan.freezeWindows, ...facts.freezeWindows], now);
  if (frozen === null) return enterStage(warned, at.stage + 1, now, passed);
  return hold(rollout, at, { reason: 'freeze', message: freezeText(frozen), clearsWith: 'window' }, now);
}

function dueValidation({ rollout, stage, progress, facts, now }: Look): Transition['validate'] {
  const { validateEveryMs } = rollout.plan;
  if (facts.validator !== 'registered' || validateEveryMs === null) return null;
  const isDue = now - (progress.validation?.at ?? progress.enteredAt) >= validateEveryMs;
  return isDue ? { percentage: stage.percentage, atEndOfBake: false } : null;
}

function descend({ rollout, stage, progress, now }: Look, index: number): Transition {
  if (!isLastStage(rollout, index) && progress.bakedMs < stage.bakeMs) return stay(rollout, now);
  const next = Math.min(index + 1, rollout.plan.stages.length - 1);
  const { entered, allocation, detail } = openedStage(rollout, next, now);
  const isThere = next === index;
  const lower = isThere ? rollout : entered;
  const steppedDown: TransitionEvent = { type: 'rollout.steppedDown', reason: `after ${stage.percentage} %`, detail };
  const outcome = isThere ? { events: [] } : { allocation, events: [steppedDown] };
  if (!isLastStage(rollout, next)) return change(lower, { name: 'rollingBack', mode: 'gradual', stage: next }, now, outcome);
  const percentage = rollout.plan.stages[next]?.percentage ?? 0;
  const message = `taken down to ${percentage} %`;
  const rolledBack = {
    type: 'rollout.rolledBack',
    reason: message,
    detail: { cause: 'gradual', toPercentage: percentage },
  } as const;
  return end(lower, { name: 'rolledBack', cause: 'gradual', message }, now, {
    ...outcome,
    events: [...outcome.events, rolledBack],
  });
}
