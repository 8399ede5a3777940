/** What people may ask of a rollout, and what is refused in which phase. */
import { type Refusal, refuse } from '../error.ts';
import type { Attribution } from '../event.ts';
import { type Allocation, type Flag, servedShare } from '../flag/flag.ts';
import { shareToPercentage } from '../share.ts';
import { type FreezeWindow, freezeAt } from './freeze.ts';
import type { RolloutCommand } from './input.ts';
import { approveStart, freezeText, notBeforeText } from './pending.ts';
import { currentStage, type Rollout } from './rollout.ts';
import { complete, end, enterStage, goOn, hold, isLastStage, type Transition, type TransitionEvent } from './step.ts';

/** The rollout has not ended. */
export function applyCommand(rollout: Rollout, command: RolloutCommand, now: number): Transition | Refusal {
  switch (command.type) {
    case 'pause':
      return pause(rollout, command.by.reason, now);
    case 'resume':
      return rollout.phase.name === 'held'
        ? goOn(rollout, rollout.phase, now, command.by.reason, command.freezeWindows ?? [])
        : no(rollout, 'resume', 'it is not held');
    case 'approve':
      return approve(rollout, command, now);
    case 'approveStart':
      return approveStart(rollout, command.by, now);
    case 'reject':
      return reject(rollout, command.by, now);
    case 'promote':
      return promote(rollout, command, now);
    case 'abort':
      return abort(rollout, command.by, now);
    case 'kill':
      return abortBy(rollout, `the flag was killed by ${command.by.actor}${because(command.by.reason)}`, now);
    case 'supersede':
      return supersede(rollout, command.by, now);
  }
}

function pause(rollout: Rollout, reason: string, now: number): Transition | Refusal {
  const { phase } = rollout;
  if (phase.name === 'held' && phase.reason === 'manual') return no(rollout, 'pause', 'it is paused already');
  const at = phase.name === 'held' ? phase.resumesTo : phase;
  if (!('stage' in at)) return no(rollout, 'pause', `it is in ${phase.name}; abort it instead`);
  return hold(rollout, at, { reason: 'manual', message: reason === '' ? 'paused' : reason, clearsWith: null }, now);
}

function approve(rollout: Rollout, command: Extract<RolloutCommand, { type: 'approve' }>, now: number): Transition | Refusal {
  const { by } = command;
  const { phase } = rollout;
  if (phase.name !== 'awaitingApproval')
    return no(rollout, 'approve', `it is not waiting for an approval, it is in ${phase.name}`);
  const approved = event('rollout.approved', by.reason, rollout, {
    stage: phase.stage,
    approvedBy: by.actor,
    revision: rollout.revision,
  });
  const what = `stage ${phase.stage + 1} was approved by ${by.actor}`;
  if (isLastStage(rollout, phase.stage)) return complete(rollout, now, what, [approved]);
  const closed = whyClosed(rollout, phase.stage + 1, command.freezeWindows, now);
  if (closed !== null) return no(rollout, 'approve', `${closed}; approve it after that`);
  return enterStage(rollout, phase.stage + 1, now, what, [approved]);
}

function promote(
  rollout: Rollout,
  { full, force, by, freezeWindows }: Extract<RolloutCommand, { type: 'promote' }>,
  now: number,
): Transition | Refusal {
  const { reason } = by;
  const stage = currentStage(rollout.phase);
  const goesBack = rollout.plan.strategy === 'rollback';
  if (stage === null || goesBack)
    return no(rollout, 'promote', `it is in ${rollout.phase.name}${goesBack ? ': it goes back, and opens no stage' : ''}`);
  const next = full ? rollout.plan.stages.length - 1 : stage + 1;
  const closed = isLastStage(rollout, stage) ? null : whyClosed(rollout, next, freezeWindows, now);
  if (closed !== null && !(force === true && reason.trim() !== ''))
    return no(rollout, 'promote', `${closed}; pass force: true and a reason to do so all the same`);
  const promoted = event('rollout.promoted', reason, rollout, { stage, full, force: force === true, withoutEvidence: true });
  const what = `promoted by hand, without evidence${because(reason)}`;
  if (isLastStage(rollout, stage)) return complete(rollout, now, what, [promoted]);
  return enterStage(rollout, next, now, what, [promoted]);
}

/** Why this stage may not be opened now, in words; null when it may. */
function whyClosed({ plan }: Rollout, stage: number, allFrozen: readonly FreezeWindow[] = [], now: number): string | null {
  const frozen = freezeAt([...plan.freezeWindows, ...allFrozen], now);
  if (frozen !== null) return freezeText(frozen);
  const notBefore = plan.stages[stage]?.notBefore ?? now;
  return notBefore > now ? notBeforeText(stage, notBefore) : null;
}

/** What waits for an approval is refused it: a start does not happen, and of a stage everybody gets back what they had before. */
function reject(rollout: Rollout, by: Attribution, now: number): Transition | Refusal {
  const { phase } = rollout;
  const message = `rejected by ${by.actor}${because(by.reason)}`;
  const rejected = event('rollout.rejected', message, rollout, { rejectedBy: by.actor, revision: rollout.revision });
  if (phase.name === 'pending' && phase.approvalSince !== null)
    return end(rollout, { name: 'aborted', message }, now, { events: [rejected, event('rollout.aborted', message, rollout)] });
  const at = phase.name === 'held' ? phase.resumesTo : phase;
  if (at.name !== 'awaitingApproval') return no(rollout, 'reject', `it waits for no approval, it is in ${phase.name}`);
  const detail = {
    cause: 'rejected',
    fromPercentage: shareToPercentage(servedShare(rollout.applied ?? rollout.before)),
    toPercentage: shareToPercentage(servedShare(rollout.before)),
  };
  return end(rollout, { name: 'rolledBack', cause: 'rejected', message }, now, {
    allocation: rollout.before,
    events: [rejected, event('rollout.rolledBack', message, rollout, detail)],
  });
}

/** The allocation from before comes back; a gradual rollback stays where it is. */
function abort(rollout: Rollout, by: Attribution, now: number): Transition {
  const keeps = rollout.plan.strategy === 'rollback' || rollout.applied === null;
  return abortBy(rollout, `aborted by ${by.actor}${because(by.reason)}`, now, keeps ? null : rollout.before);
}

function abortBy(rollout: Rollout, message: string, now: number, allocation: Allocation | null = null): Transition {
  const detail = allocation === null ? {} : { toPercentage: shareToPercentage(servedShare(allocation)) };
  return end(rollout, { name: 'aborted', message }, now, {
    allocation,
    events: [event('rollout.aborted', message, rollout, detail)],
  });
}

/** A kill is never undone, by whatever is asked for afterwards: the rollout is over, and the flag stays as it is. */
export function endWithFlag(rollout: Rollout, flag: Flag | undefined, now: number): Transition {
  return abortBy(rollout, flag?.status === 'disabled' ? 'the flag was killed' : 'the flag is gone', now);
}

/** Whoever takes the share over writes it. */
function supersede(rollout: Rollout, by: Attribution, now: number): Transition {
  const message = `superseded by ${by.actor}${because(by.reason)}`;
  return end(rollout, { name: 'superseded', message }, now, { events: [event('rollout.superseded', message, rollout)] });
}

function event(
  type: TransitionEvent['type'],
  reason: string,
  rollout: Rollout,
  detail: TransitionEvent['detail'] = {},
): TransitionEvent {
  return { type, reason, detail: { stage: currentStage(rollout.phase), ...detail } };
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

function no(rollout: Rollout, verb: string, why: string): Refusal {
  return refuse(`rollout of "${rollout.key}": cannot ${verb}, ${why}`);
}
