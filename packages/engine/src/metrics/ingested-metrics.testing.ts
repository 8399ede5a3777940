/** Several processes over one store, or over stores of one database, each of which takes samples in. */
import type { ManualClock } from '../clock/manual-clock.ts';
import { createSluice, type Sluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import type { IngestedSample } from './ingested-batch.ts';
import { IngestedMetrics } from './ingested-metrics.ts';

/** A multiple of ten seconds. */
export const START = 1_750_000_000_000;
export const on = { flag: 'f', variant: 'on' };
export const errorRate = { kind: 'errorRate' } as const;

export interface Replica {
  readonly sluice: Sluice;
  readonly metrics: IngestedMetrics;
}

export async function replicas(clock: ManualClock, count = 2, store: Store = memoryStore()): Promise<readonly Replica[]> {
  return replicasOf(clock, Array(count).fill(store));
}

export async function replicasOf(clock: ManualClock, stores: readonly Store[]): Promise<readonly Replica[]> {
  const all: Replica[] = [];
  for (const [index, store] of stores.entries()) {
    const sluice = createSluice({ store, clock });
    await sluice.ready;
    if (index === 0) await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 50 });
    all.push({ sluice, metrics: new IngestedMetrics(sluice.flags) });
  }
  return all;
}

export const sample = (
  kind: IngestedSample['kind'],
  name: string,
  value: number,
  more: Partial<IngestedSample> = {},
): IngestedSample => ({
  ...{ kind, name, value },
  ...on,
  ...more,
});
