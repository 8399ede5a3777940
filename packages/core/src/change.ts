/** The change that a decision proposes and a store commits. */
import type { SluiceEvent } from './event.ts';
import type { RecordKind, SluiceRecord } from './record.ts';
import type { Scope } from './scope.ts';

/**
 * What a decision wants kept, whole or not at all. Each record carries its new revision, and a store accepts it only if
 * the kept revision is one less (0 when there is none). At most one record per kind and key.
 */
export interface Change {
  readonly records: readonly SluiceRecord[];
  readonly events: readonly SluiceEvent[];
  /** What the decision rests on without changing it: a store accepts the change only while these are at these revisions. */
  readonly presumes?: readonly PresumedRecord[];
}

export interface PresumedRecord {
  readonly kind: RecordKind;
  readonly scope: Scope;
  readonly key: string;
  readonly revision: number;
}
