import { describe, expect, it } from 'vitest';
import { type RolloutWorld, rolloutWorld } from './rollout-world.testing.ts';
import type { Store } from './store/store.ts';

const MINUTE = 60_000;

const world = (store?: Store): Promise<RolloutWorld> => rolloutWorld(0, store);

describe('the other strategies', () => {
  it('blue-green shows green to the preview group, then switches at once, and back on trouble', async () => {
    const { sluice, clock, share, start } = await world();
    const asked: number[] = [];
    await start({
      strategy: 'blueGreen',
      validate: (percentage) => {
        asked.push(percentage);
        return percentage === 0;
      },
    });
    expect(share()).toBe(0);
    expect(sluice.flags.isEnabled('f', { userId: 'u', groups: ['f-preview'] })).toBe(true);
    expect(sluice.flags.isEnabled('f', { userId: 'u' })).toBe(false);
    await clock.advance(5 * MINUTE + 2_000);
    expect(share()).toBe(100);
    await clock.advance(5 * MINUTE + 2_000);
    expect(asked).toEqual([0, 100]);
    expect(share()).toBe(0);
    expect(sluice.flags.isEnabled('f', { userId: 'u', groups: ['f-preview'] })).toBe(false);
  });

  it('rings let in internal, then beta besides, then everybody', async () => {
    const { sluice, clock, start } = await world();
    const isIn = (group: string) => sluice.flags.isEnabled('f', { userId: 'u', groups: [group] });
    const asked: number[] = [];
    await start({ strategy: 'ring', validate: (percentage) => asked.push(percentage) > 0 });
    expect([isIn('internal'), isIn('beta'), isIn('public')]).toEqual([true, false, false]);
    await clock.advance(5 * MINUTE + 1_000);
    expect([isIn('internal'), isIn('beta'), isIn('public')]).toEqual([true, true, false]);
    await clock.advance(5 * MINUTE + 1_000);
    expect([isIn('internal'), isIn('beta'), isIn('public')]).toEqual([true, true, true]);
    await clock.advance(5 * MINUTE + 1_000);
    expect(asked).toEqual([1, 10, 100]);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
  });

  it('percentage takes any ascending list up to its target and skips what is served already', async () => {
    const { sluice, clock, share, start } = await world();
    await sluice.flags.setRolloutPercentage('f', 20);
    await start({ strategy: 'percentage', stages: [10, 20, 30, 60, 100], targetPercentage: 50, validate: () => true });
    const shares = [share()];
    while (sluice.rollouts.getRolloutStatus('f')?.endedAt === null) {
      await clock.advance(MINUTE);
      if (shares.at(-1) !== share()) shares.push(share());
    }
    expect(shares).toEqual([30, 50]);
    expect(sluice.flags.getFlag('f')).toMatchObject({ status: 'percentage', rolloutPercentage: 50 });
  });
});
