/** Types of events, as the end of a sentence that begins with the record's name. */
import type { HistoryEvent } from '../api/answers.ts';

/** Every type has its words: one that is new does not compile without. */
const SAID: Readonly<Record<HistoryEvent['type'], string>> = {
  'flag.created': 'was created',
  'flag.updated': 'was changed',
  'flag.killed': 'was killed',
  'flag.restored': 'was switched on again',
  'flag.archived': 'was archived',
  'segment.created': 'was created',
  'segment.updated': 'was changed',
  'segment.deleted': 'was deleted',
  'schedule.added': 'has an edit that waits for its time',
  'schedule.cancelled': 'lost an edit that waited for its time',
  'schedule.applied': 'was changed as scheduled',
  'schedule.refused': 'could not be changed as scheduled',
  'rollout.started': 'began its rollout',
  'rollout.pending': 'waits to begin',
  'rollout.preflight': 'began its preflight',
  'rollout.advanced': 'went to its next stage',
  'rollout.steppedDown': 'went down a step',
  'rollout.awaitingApproval': 'waits for an approval',
  'rollout.approved': 'was approved',
  'rollout.rejected': 'was rejected',
  'rollout.promoted': 'was promoted without evidence',
  'rollout.held': 'was held where it was',
  'rollout.resumed': 'went on',
  'rollout.finalizing': 'reached its last stage',
  'rollout.completed': 'completed its rollout',
  'rollout.rolledBack': 'was rolled back',
  'rollout.preflightFailed': 'did not pass its preflight',
  'rollout.aborted': 'had its rollout aborted',
  'rollout.superseded': 'had its rollout ended by another',
  'rollout.imported': 'had its rollout imported',
  'component.registered': 'has a new version',
  'component.swapped': 'was swapped to another version',
  'component.retired': 'had a version retired',
  'experiment.created': 'was created',
  'experiment.updated': 'was changed',
  'experiment.scheduled': 'waits for its start',
  'experiment.startFailed': 'could not be started',
  'experiment.started': 'began to run',
  'experiment.rebased': 'began anew',
  'experiment.stopped': 'was stopped',
  'experiment.imported': 'was imported',
  'experiment.shipped': 'was shipped',
  'experiment.archived': 'was archived',
  'layer.changed': 'was changed',
  'rollback.immediate': 'was rolled back at once',
  'rollback.gradual': 'began to be rolled back step by step',
  'rollback.targeted': 'was taken from some users',
  'project.created': 'was created',
  'project.updated': 'was changed',
  'project.environmentAdded': 'has a new environment',
  'project.protectionChanged': 'had its protection changed',
  'person.created': 'was let in',
  'person.updated': 'was changed',
  'person.roleChanged': 'has another role',
  'person.passwordChanged': 'has a new password',
  'person.sessionsEnded': 'was logged out everywhere',
  'person.disabled': 'was shut out',
  'person.enabled': 'was let in again',
  'token.created': 'was made',
  'token.revoked': 'was revoked',
  'webhook.created': 'was added',
  'webhook.updated': 'was changed',
  'webhook.secretRenewed': 'has a new secret',
  'webhook.deleted': 'was removed',
};

/** A newer server may know of more than the page that is open: `flag.someThing` is "flag some thing". */
export function whatHappened({ type }: Pick<HistoryEvent, 'type'>): string {
  return (SAID as Partial<Record<string, string>>)[type] ?? words(type);
}

function words(type: string): string {
  return type.replace('.', ' ').replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
