/** What a page is told of changes: which records, and never what is in them, so that each page asks for what it shows with its own rights. */
import type { SluiceRecord } from '@sluice/core';
import type { StreamPart } from './event-stream.ts';

export interface ChangedRecord {
  readonly kind: SluiceRecord['kind'];
  readonly key: string;
}

/** `seq` is the place in the log, and the event's id. */
export function changesPart(seq: number, records: readonly ChangedRecord[]): StreamPart {
  return { kind: 'event', event: 'changes', data: JSON.stringify({ seq, records }), id: String(seq) };
}

/** Anything may have changed. */
export function everythingPart(): StreamPart {
  return { kind: 'event', event: 'resync', data: '{}', id: null };
}
