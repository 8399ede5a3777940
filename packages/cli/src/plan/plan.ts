/** A plan: the segments and flags of an environment as they shall be, with the rollouts and scheduled edits that move them, read from a file. */
import type { FlagSettings, RolloutSettings, SegmentSettings, WebhookSettings } from '@sluice/core';

export interface PlannedFlag {
  readonly name: string;
  /** JSON pointer of the flag in the file. */
  readonly path: string;
  readonly settings: FlagSettings;
  /** Null where the share is moved by hand. */
  readonly rollout: RolloutSettings | null;
  /** All edits that shall wait for their instants, the next first; null where the plan says nothing of them. */
  readonly schedule: readonly PlannedEdit[] | null;
}

export interface PlannedEdit {
  /** JSON pointer of the edit in the file. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly settings: FlagSettings;
}

export interface PlannedSegment {
  readonly name: string;
  /** JSON pointer of the segment in the file. */
  readonly path: string;
  readonly settings: SegmentSettings;
}

export interface PlannedNotification {
  readonly key: string;
  /** JSON pointer of the notification in the file. */
  readonly path: string;
  /** `url` may name a variable, as in `${CHAT_URL}`: it is often a secret. */
  readonly settings: WebhookSettings;
}

export interface Plan {
  readonly segments: readonly PlannedSegment[];
  readonly flags: readonly PlannedFlag[];
  readonly notifications: readonly PlannedNotification[];
}
