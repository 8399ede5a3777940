/** One thing that happened. The log of events is audit trail, history page, cache refresher and source of rollback at once. */
import type { Receipt } from './error.ts';
import type { EventType } from './event-type.ts';
import type { JsonObject } from './json.ts';
import type { RecordKind, SluiceRecord } from './record.ts';
import type { Scope } from './scope.ts';

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
