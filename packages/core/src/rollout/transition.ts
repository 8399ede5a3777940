/**
 * What a rollout does next: pure, and total over phase and input. It decides and executes nothing; the share it answers is written to the
 * flag in the same commit, so that state and traffic never part.
 */
import { type Refusal, refuse } from '../error.ts';
import { applyCommand } from './commands.ts';
import type { RolloutInput } from './input.ts';
import { isEnded, type Rollout } from './rollout.ts';
import type { Transition } from './step.ts';
import { tick } from './tick.ts';

/** In one tick: kill > harm > drift > holds > approval > advance; at most one advance, whatever time has passed. */
export function transition(rollout: Rollout, input: RolloutInput, now: number): Transition | Refusal {
  if (isEnded(rollout.phase)) return refuse(`rollout of "${rollout.key}": cannot ${input.type}, it is ${rollout.phase.name}`);
  return input.type === 'tick' ? tick(rollout, input.facts, now) : applyCommand(rollout, input, now);
}
