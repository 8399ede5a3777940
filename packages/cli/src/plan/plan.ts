/** A plan: the flags of an environment as they shall be, with the rollouts that move them, read from a file. */
import type { FlagSettings, RolloutSettings, WebhookSettings } from '@sluice/core';

export interface PlannedFlag {
  readonly name: string;
  /** JSON pointer of the flag in the file. */
  readonly path: string;
  readonly settings: FlagSettings;
  /** Null where the share is moved by hand. */
  readonly rollout: RolloutSettings | null;
}

export interface PlannedNotification {
  readonly key: string;
  /** `url` may name a variable, as in `${CHAT_URL}`: it is often a secret. */
  readonly settings: WebhookSettings;
}

export interface Plan {
  readonly flags: readonly PlannedFlag[];
  readonly notifications: readonly PlannedNotification[];
}
