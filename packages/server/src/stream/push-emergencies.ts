/** Brings kills that the store does not take to the streams. Those that it takes at once come with their commit alone. */
import type { Scope, StandingEmergency } from '@sluice/core';
import type { Clock, PendingEmergency, Sluice } from 'sluice';
import type { StreamHub } from './stream-hub.ts';

export interface EmergencySource {
  readonly scope: Scope;
  readonly sluice: { readonly on: Sluice['on']; readonly flags: Pick<Sluice['flags'], 'listPendingKills'> };
  readonly hub: Pick<StreamHub, 'impose'>;
  readonly clock: Clock;
  /** How long a store may take over a kill before it is told without it; 100 ms unless given. */
  readonly graceMs?: number;
}

/** From now on, what an earlier life of this process has left included. Returns how to stop. */
export function pushEmergencies({ scope, sluice, hub, clock, graceMs = 100 }: EmergencySource): () => void {
  let standing: readonly StandingEmergency[] = sluice.flags.listPendingKills().map(standingOf);
  let cancel: (() => void) | null = null;
  hub.impose(scope, standing);
  const stop = sluice.on('emergencies', (now) => {
    standing = now;
    cancel ??= clock.schedule(clock.now() + graceMs, () => {
      cancel = null;
      hub.impose(scope, standing);
    });
  });
  return () => {
    stop();
    cancel?.();
  };
}

function standingOf({ id, flag, act, userIds, toVersion }: PendingEmergency): StandingEmergency {
  if (act === 'exclude') return { id, key: flag, act: { type: act, userIds } };
  if (act === 'toVersion') return { id, key: flag, act: { type: act, version: toVersion ?? '' } };
  return { id, key: flag, act: { type: act } };
}
