import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

const BY = { actor: 'ann', reason: '' };

it('keeps no step that was decided before another process took the lease, and goes on when that one is gone', async () => {
  const clock = manualClock(1_700_000_000_000);
  const store = memoryStore();
  const kept = store.commit.bind(store);
  let stolen: string | null = null;
  const commit: Store['commit'] = async (change, seenSeq, fence) => {
    const isStep = change.events.some(({ type }) => type === 'rollout.advanced');
    if (stolen === null && isStep && fence !== undefined) {
      // By the clock of another process, which is ahead, the lease is over.
      stolen = fence.name;
      const later = clock.now() + 20_000;
      await store.lease({ name: fence.name, holder: 'rival', now: later, until: later });
    }
    return kept(change, seenSeq, fence);
  };
  const { flags, rollouts, on, close } = createSluice({ store: Object.assign(store, { commit }), clock });
  const problems: string[] = [];
  on('problem', ({ message }) => problems.push(message));
  await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 }, BY);
  const stages = [10, 50, 100];
  await rollouts.startRollout('f', { strategy: 'percentage', stages, validate: () => true, bakeMs: 5_000, ...BY });
  await clock.advance(10_000);
  expect(stolen).toContain('rollout/default/production/f/');
  expect(flags.getFlag('f')?.servedPercentage).toBe(0);
  await clock.advance(30_000);
  expect(flags.getFlag('f')?.servedPercentage).toBe(100);
  expect(problems).toEqual([]);
  await close();
});
