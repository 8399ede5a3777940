/** The schedule record: the edits of one flag that wait for their instants. */
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';

export interface ScheduledEdit {
  /** `<flag>#<number>`; never used again. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As `setFlag` takes them. */
  readonly settings: JsonObject;
  /** Who asked for it, and why; the change is theirs. */
  readonly by: { readonly actor: string; readonly reason: string };
  readonly scheduledAt: number;
  /** Whether the flag was live then: one that is killed since stays killed. */
  readonly wasLive: boolean;
}

export interface Schedule {
  readonly kind: 'schedule';
  readonly scope: Scope;
  /** The flag's. */
  readonly key: string;
  readonly revision: number;
  /** Of the edit that was scheduled last. */
  readonly lastNumber: number;
  /** In the order in which they are due. */
  readonly pending: readonly ScheduledEdit[];
  /** Of the first that is pending; null when none is. */
  readonly dueAt: number | null;
}
