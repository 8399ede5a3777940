/** What a rollout waits for, said to a person who has buttons and no methods. */
import type { RolloutStatus } from '../api/answers.ts';

/** Null at an end. */
export function waitsFor({
  waitingFor,
  state,
  stagePercentages,
}: Pick<RolloutStatus, 'waitingFor' | 'state' | 'stagePercentages'>): string | null {
  if (waitingFor === null) return null;
  if (state.name === 'pending' && state.approvalSince !== null) return 'somebody to approve its start';
  if (state.name === 'awaitingApproval') {
    const next = stagePercentages[state.stage + 1];
    return next === undefined ? 'somebody to approve that it is done' : `somebody to approve the next stage, ${next} %`;
  }
  return waitingFor.replace(/^resumeRollout: /, 'somebody to resume it: ');
}
