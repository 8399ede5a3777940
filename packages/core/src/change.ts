/** The change that a decision proposes and a store commits. */
import type { Receipt } from './error.ts';
import type { SluiceEvent } from './event.ts';
import type { SluiceRecord } from './record.ts';

/**
 * What a decision wants kept, whole or not at all. Each record carries its new revision, and a store accepts it only if
 * the kept revision is one less (0 when there is none). At most one record per kind and key.
 */
export interface Change {
  readonly records: readonly SluiceRecord[];
  readonly events: readonly SluiceEvent[];
  /** The decision looked at more records than it changes: a store accepts it only if nothing was committed since. */
  readonly seesAll?: boolean;
  /**
   * The request that it is made for. It is kept in the same transaction, for at least 24 hours; a change with a kept id is refused as
   * `repeated`.
   */
  readonly receipt?: Receipt;
}
