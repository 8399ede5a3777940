/** One process with a flag `f`, new at 0 %, for tests that watch a rollout from the outside. */
import { type ManualClock, manualClock } from './clock/manual-clock.ts';
import type { StartRolloutOptions } from './rollout-start.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

export const START = 1_700_000_000_000;

export interface RolloutWorld {
  readonly sluice: Sluice;
  readonly clock: ManualClock;
  readonly store: Store;
  share(): number;
  phase(): string | undefined;
  start(options: Partial<StartRolloutOptions>): Promise<unknown>;
}

export async function rolloutWorld(percentage = 0, store: Store = memoryStore()): Promise<RolloutWorld> {
  const clock = manualClock(START);
  const sluice = createSluice({ store, clock });
  if (sluice.flags.getFlag('f') === undefined) await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: percentage });
  return {
    sluice,
    clock,
    store,
    share: () => sluice.flags.getFlag('f')?.servedPercentage ?? -1,
    phase: () => sluice.rollouts.getRolloutStatus('f')?.phase,
    start: (options) => sluice.rollouts.startRollout('f', { strategy: 'canary', ...options }),
  };
}

/** A metric source that answers well, and when `hold` was called only after `release`. */
export function slowSource(): {
  measure: () => Promise<{ kind: 'value'; value: number; samples: number; at: number }>;
  hold: () => void;
  release: (value?: number) => void;
  calls: () => number;
} {
  let waiting: ((value: number) => void)[] | null = null;
  let calls = 0;
  const answer = (value: number) => ({ kind: 'value', value, samples: 100, at: Number.MAX_SAFE_INTEGER }) as const;
  return {
    measure: () => {
      calls += 1;
      const held = waiting;
      return held === null ? Promise.resolve(answer(0)) : new Promise((resolve) => held.push((value) => resolve(answer(value))));
    },
    hold: () => {
      waiting = [];
    },
    release: (value = 0) => {
      const held = waiting ?? [];
      waiting = null;
      for (const resolve of held) resolve(value);
    },
    calls: () => calls,
  };
}
