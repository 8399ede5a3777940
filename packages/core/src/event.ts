/** One thing that happened. The log of events is audit trail, history page, cache refresher and source of rollback at once. */
import type { Receipt } from './error.ts';
import type { JsonObject } from './json.ts';
import type { RecordKind, SluiceRecord } from './record.ts';
import type { Scope } from './scope.ts';

export const EVENT_TYPES = [
  'flag.created',
  'flag.updated',
  'flag.killed',
  'flag.restored',
  'flag.archived',
  'segment.created',
  'segment.updated',
  'segment.deleted',
  'schedule.added',
  'schedule.cancelled',
  'schedule.applied',
  'schedule.refused',
  'rollout.started',
  'rollout.pending',
  'rollout.preflight',
  'rollout.advanced',
  'rollout.steppedDown',
  'rollout.awaitingApproval',
  'rollout.approved',
  'rollout.rejected',
  'rollout.promoted',
  'rollout.held',
  'rollout.resumed',
  'rollout.finalizing',
  'rollout.completed',
  'rollout.rolledBack',
  'rollout.preflightFailed',
  'rollout.aborted',
  'rollout.superseded',
  'rollout.imported',
  'component.registered',
  'component.swapped',
  'component.retired',
  'experiment.created',
  'experiment.updated',
  'experiment.scheduled',
  'experiment.startFailed',
  'experiment.started',
  'experiment.rebased',
  'experiment.stopped',
  'experiment.imported',
  'experiment.shipped',
  'experiment.archived',
  'layer.changed',
  'rollback.immediate',
  'rollback.gradual',
  'rollback.targeted',
  'project.created',
  'project.updated',
  'project.environmentAdded',
  'project.protectionChanged',
  'person.created',
  'person.updated',
  'person.roleChanged',
  'person.passwordChanged',
  'person.sessionsEnded',
  'person.disabled',
  'person.enabled',
  'token.created',
  'token.revoked',
  'webhook.created',
  'webhook.updated',
  'webhook.secretRenewed',
  'webhook.deleted',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Who changes something, and why. */
export interface Attribution {
  /** A person, a token, `file` for an edit of the flag file, or `sluice` for the controller. */
  readonly actor: string;
  readonly reason: string;
}

export interface SluiceEvent extends Attribution {
  readonly type: EventType;
  readonly scope: Scope;
  readonly kind: RecordKind;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The record as it then was. */
  readonly record: SluiceRecord;
  /** Evidence and figures that are not in the record. */
  readonly detail: JsonObject;
}

/** An event with its place in the log; sequence numbers rise without gaps from 1. */
export interface LoggedEvent extends SluiceEvent {
  readonly seq: number;
  /** Of the change that it came with; left out when that had none. */
  readonly receipt?: Receipt;
}

/** The event of `record` changing now. */
export function eventOf(
  type: EventType,
  record: SluiceRecord,
  by: Attribution,
  now: number,
  detail: JsonObject = {},
): SluiceEvent {
  return {
    type,
    scope: record.scope,
    kind: record.kind,
    key: record.key,
    at: now,
    actor: by.actor,
    reason: by.reason,
    record,
    detail,
  };
}
