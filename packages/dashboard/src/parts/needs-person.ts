/** Which rollouts go on only when somebody has looked. */
import type { RolloutStatus } from '../api/answers.ts';

export function needsPerson({ phase, state }: Pick<RolloutStatus, 'phase' | 'state'>): boolean {
  if (phase === 'awaiting_approval') return true;
  return (state.name === 'held' && state.clearsWith === null) || (state.name === 'pending' && state.approvalSince !== null);
}
