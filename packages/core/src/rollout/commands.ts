/** What people may ask of a rollout, and what is refused in which phase. */
import { type Refusal, refuse } from '../error.ts';
import type { RolloutCommand } from './input.ts';
import { currentStage, type Rollout } from './rollout.ts';
import { complete, end, enterStage, goOn, hold, isLastStage, type Transition, type TransitionEvent } from './step.ts';

/** The rollout has not ended. */
export function applyCommand(rollout: Rollout, command: RolloutCommand, now: number): Transition | Refusal {
  switch (command.type) {
    case 'pause':
      return pause(rollout, command.by.reason, now);
    case 'resume':
      return rollout.phase.name === 'held'
        ? goOn(rollout, rollout.phase, now, command.by.reason)
        : no(rollout, 'resume', 'it is not held');
    case 'approve':
      return approve(rollout, command.by, now);
    case 'promote':
      return promote(rollout, command.full, command.by.reason, now);
    case 'abort':
      return abort(rollout, command.by.reason, now);
    case 'kill':
      return end(rollout, { name: 'aborted' }, now, {
        events: [event('rollout.aborted', `the flag was killed${because(command.by.reason)}`, rollout)],
      });
    case 'supersede':
      return end(rollout, { name: 'superseded' }, now, {
        allocation: command.restore === true && rollout.applied !== null ? rollout.before : null,
        events: [event('rollout.superseded', command.by.reason, rollout)],
      });
  }
}

function pause(rollout: Rollout, reason: string, now: number): Transition | Refusal {
  const { phase } = rollout;
  if (phase.name === 'held' && phase.reason === 'manual') return no(rollout, 'pause', 'it is paused already');
  const at = phase.name === 'held' ? phase.resumesTo : phase;
  if (!('stage' in at)) return no(rollout, 'pause', `it is in ${phase.name}; abort it instead`);
  return hold(rollout, at, { reason: 'manual', message: reason === '' ? 'paused' : reason, clearsWith: null }, now);
}

function approve(rollout: Rollout, by: RolloutCommand['by'], now: number): Transition | Refusal {
  const { phase } = rollout;
  if (phase.name !== 'awaitingApproval')
    return no(rollout, 'approve', `it is not waiting for an approval, it is in ${phase.name}`);
  const approved = event('rollout.approved', by.reason, rollout, { stage: phase.stage, approvedBy: by.actor });
  return enterStage(rollout, phase.stage + 1, now, `stage ${phase.stage + 1} was approved by ${by.actor}`, [approved]);
}

function promote(rollout: Rollout, full: boolean, reason: string, now: number): Transition | Refusal {
  const stage = currentStage(rollout.phase);
  if (stage === null || rollout.plan.strategy === 'rollback') return no(rollout, 'promote', `it is in ${rollout.phase.name}`);
  const promoted = event('rollout.promoted', reason, rollout, { stage, full, withoutEvidence: true });
  const what = `promoted by hand, without evidence${because(reason)}`;
  if (isLastStage(rollout, stage)) return complete(rollout, now, what, [promoted]);
  return enterStage(rollout, full ? rollout.plan.stages.length - 1 : stage + 1, now, what, [promoted]);
}

/** The allocation from before comes back; a gradual rollback stays where it is. */
function abort(rollout: Rollout, reason: string, now: number): Transition {
  const keeps = rollout.plan.strategy === 'rollback' || rollout.applied === null;
  return end(rollout, { name: 'aborted' }, now, {
    allocation: keeps ? null : rollout.before,
    events: [event('rollout.aborted', reason === '' ? 'aborted' : reason, rollout)],
  });
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
