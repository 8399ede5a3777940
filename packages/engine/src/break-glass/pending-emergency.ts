/** An emergency that the store does not have yet, as people read it. */
import type { Emergency } from '@sluice/core';

export interface PendingEmergency {
  readonly id: string;
  readonly flag: string;
  /** `exclude` is a targeted rollback. */
  readonly act: Emergency['act']['type'];
  /** Whom a targeted rollback is about; empty for the others. */
  readonly userIds: readonly string[];
  readonly at: Date;
  readonly actor: string;
  readonly reason: string;
}

export function pendingOf({ id, key, act, at, actor, reason }: Emergency): PendingEmergency {
  const userIds = act.type === 'exclude' ? act.userIds : [];
  return { id, flag: key, act: act.type, userIds, at: new Date(at), actor, reason };
}

/** The subject and verb of a sentence about it. */
export function inWords({ key, act, actor }: Emergency): string {
  const what = act.type === 'exclude' ? `${act.userIds.length} users were shut out of flag "${key}"` : `flag "${key}" was killed`;
  return `${what} by ${actor}`;
}
