/** Types of events, as the end of a sentence that begins with the record's name. */
import type { HistoryEvent } from '../api/answers.ts';

const SAID: Partial<Record<HistoryEvent['type'], string>> = {
  'flag.created': 'was created',
  'flag.updated': 'was changed',
  'flag.killed': 'was killed',
  'flag.restored': 'was switched on again',
  'flag.archived': 'was archived',
  'rollout.started': 'began its rollout',
  'rollout.advanced': 'went to its next stage',
  'rollout.steppedDown': 'went down a step',
  'rollout.awaitingApproval': 'waits for an approval',
  'rollout.finalizing': 'reached its last stage',
  'rollout.completed': 'completed its rollout',
  'rollout.rolledBack': 'was rolled back',
  'rollout.preflightFailed': 'did not pass its preflight',
  'rollback.immediate': 'was rolled back at once',
  'rollback.gradual': 'began to be rolled back step by step',
  'rollback.targeted': 'was taken from some users',
};

export function whatHappened({ type }: Pick<HistoryEvent, 'type'>): string {
  return SAID[type] ?? words(type);
}

/** `rollout.startFailed`: "rollout start failed". */
function words(type: string): string {
  return type.replace('.', ' ').replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
