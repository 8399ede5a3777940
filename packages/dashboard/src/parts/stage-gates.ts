/** How each stage of a rollout stands, and how full it is drawn. */
import type { RolloutStatus } from '../api/answers.ts';

export type GateState = 'passed' | 'current' | 'waiting' | 'held' | 'failed' | 'ahead';

export interface Gate {
  readonly stage: number;
  readonly percentage: number;
  readonly state: GateState;
  /** 0 to 1. */
  readonly filled: number;
}

type Shown = Pick<RolloutStatus, 'phase' | 'state' | 'stage' | 'stagePercentages' | 'bakeRemainingMs' | 'bakeMs'>;

/** `reached` is the stage that one which ended had come to, where that is known. */
export function gates(rollout: Shown, reached: number | null = null): readonly Gate[] {
  const { phase, stagePercentages, bakeRemainingMs, bakeMs } = rollout;
  const stage = rollout.stage ?? reached;
  return stagePercentages.map((percentage, index) => {
    const state = isDone(rollout) ? 'passed' : stateOf(phase, stage, index);
    return { stage: index, percentage, state, filled: fillOf(state, bakeRemainingMs, bakeMs) };
  });
}

/** A gradual rollback that came down has done what it was to do. */
function isDone({ state }: Shown): boolean {
  return state.name === 'completed' || (state.name === 'rolledBack' && state.cause === 'gradual');
}

function stateOf(phase: RolloutStatus['phase'], stage: number | null, index: number): GateState {
  if (stage === null) return 'ahead';
  if (index !== stage) return index < stage ? 'passed' : 'ahead';
  if (phase === 'awaiting_approval') return 'waiting';
  if (phase === 'held') return 'held';
  return phase === 'failed' || phase === 'rolled_back' || phase === 'aborted' ? 'failed' : 'current';
}

/** A stage that has just begun shows a little water: it has traffic already. */
const AT_LEAST = 0.08;

function fillOf(state: GateState, bakeRemainingMs: number | null, bakeMs: number | null): number {
  if (state === 'ahead') return 0;
  if (state !== 'current' || bakeRemainingMs === null || bakeMs === null || bakeMs <= 0) return 1;
  return Math.max(AT_LEAST, Math.min(1, 1 - bakeRemainingMs / bakeMs));
}
