/** An emergency that the store does not have yet, as people read it. */
import type { Emergency } from '@sluice/core';

export interface PendingEmergency {
  readonly id: string;
  readonly flag: string;
  /** `exclude` is a targeted rollback. */
  readonly act: Emergency['act']['type'];
  /** Whom a targeted rollback is about; empty for the others. */
  readonly userIds: readonly string[];
  /** Which version of the component everybody has again; null for the others. */
  readonly toVersion: string | null;
  readonly at: Date;
  readonly actor: string;
  readonly reason: string;
  /** Whether it stands in the break-glass journal; one that does not ends with this process. */
  readonly isJournalled: boolean;
}

export function pendingOf({ id, key, act, at, actor, reason }: Emergency, isJournalled: boolean): PendingEmergency {
  const userIds = act.type === 'exclude' ? act.userIds : [];
  const toVersion = act.type === 'toVersion' ? act.version : null;
  return { id, flag: key, act: act.type, userIds, toVersion, at: new Date(at), actor, reason, isJournalled };
}

/** The subject and verb of a sentence about it. */
export function inWords({ key, act, actor }: Emergency): string {
  switch (act.type) {
    case 'exclude':
      return `${act.userIds.length === 1 ? '1 user was' : `${act.userIds.length} users were`} shut out of flag "${key}" by ${actor}`;
    case 'toVersion':
      return `component "${key}" was rolled back to version ${act.version} by ${actor}`;
    default:
      return `flag "${key}" was killed by ${actor}`;
  }
}
