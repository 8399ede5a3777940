/** The versions of a component as people read them: what the registry knows, what the flag serves, and how they stand in this process. */
import { shareToPercentage, versionShares } from '@sluice/core';
import type { View } from '../view.ts';
import type { VersionPool } from './version-pool.ts';
import type { VersionState } from './version-slot.ts';

export interface VersionDetails {
  readonly version: string;
  /** Build metadata as first registered, or null. */
  readonly build: string | null;
  readonly registeredAt: Date;
  readonly registeredBy: string;
  /** A retired version is never used again. */
  readonly retiredAt: Date | null;
  /** The part of units that the allocation gives it now, 0 to 100; rules and units named in the flag come besides. */
  readonly servedPercentage: number;
  /** The flag's off variant: what a kill gives, and what is used where another version cannot be. */
  readonly isStable: boolean;
  /** In this process. */
  readonly state: VersionState;
  /** Calls that hold it now, in this process. */
  readonly leases: number;
  /** What went wrong last with loading, disposing or the health check in this process; null when the last went well. */
  readonly lastError: string | null;
}

/** In order of registration; empty for an unknown component. */
export function describeVersions(view: View, pool: VersionPool, component: string): VersionDetails[] {
  const flag = view.served(component);
  const shares = flag === undefined ? new Map<string, number>() : versionShares(flag);
  return (view.components.get(component)?.versions ?? []).map((known) => {
    const slot = pool.slot(component, known.version);
    return {
      version: known.version,
      build: known.build,
      registeredAt: new Date(known.registeredAt),
      registeredBy: known.registeredBy,
      retiredAt: known.retiredAt === null ? null : new Date(known.retiredAt),
      servedPercentage: shareToPercentage(shares.get(known.version) ?? 0),
      isStable: flag?.offVariant === known.version,
      state: slot.state,
      leases: slot.leases,
      lastError: slot.lastError,
    };
  });
}
