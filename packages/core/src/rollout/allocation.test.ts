import { describe, expect, it } from 'vitest';
import type { Flag } from '../flag/flag.ts';
import { completedAllocation, stageAllocation } from './allocation.ts';
import type { Rollout } from './rollout.ts';
import type { RolloutSettings } from './settings.ts';
import { flagOf, startedWorld } from './world.testing.ts';

function rolloutOf(settings: Partial<RolloutSettings>, fields: Partial<Flag> = {}): Rollout {
  return startedWorld(settings, flagOf(fields)).rollout;
}

const VERSIONS = { variants: { none: null, v1: 1, v2: 2 }, offVariant: 'none', onVariant: 'v1' };

describe('stageAllocation', () => {
  it('gives a stage its share and keeps the variants and the split', () => {
    const split = [{ variant: 'on', share: 100_000 }];
    expect(stageAllocation(rolloutOf({}, { split, share: 2_000 }), 0)).toEqual({
      status: 'percentage',
      share: 5_000,
      offVariant: 'off',
      onVariant: 'on',
      split,
      stageGroups: [],
    });
  });

  it('adds only its groups to whoever was in before', () => {
    const ring = { strategy: 'ring' } as const;
    expect(stageAllocation(rolloutOf(ring, { share: 2_000 }), 0)).toMatchObject({
      status: 'percentage',
      share: 2_000,
      stageGroups: ['internal'],
    });
    expect(stageAllocation(rolloutOf(ring, { status: 'whitelist', share: 70_000 }), 1)).toMatchObject({
      status: 'whitelist',
      stageGroups: ['internal', 'beta'],
    });
  });

  it('moves everybody from the old variant to the new one, share by share', () => {
    const moved = rolloutOf({ toVariant: 'v2' }, { ...VERSIONS, status: 'enabled', share: 100_000 });
    expect(stageAllocation(moved, 0)).toMatchObject({ status: 'percentage', share: 1_000, offVariant: 'v1', onVariant: 'v2' });
  });

  it('keeps the off variant when nobody was served before', () => {
    expect(stageAllocation(rolloutOf({ toVariant: 'v2' }, VERSIONS), 0)).toMatchObject({ offVariant: 'none', onVariant: 'v2' });
  });
});

describe('completedAllocation', () => {
  it('is enabled at 100 %, a percentage below, and lets go of the groups', () => {
    expect(completedAllocation(rolloutOf({ strategy: 'blueGreen' }))).toMatchObject({
      status: 'enabled',
      share: 100_000,
      stageGroups: [],
    });
    expect(completedAllocation(rolloutOf({ strategy: 'ring', targetPercentage: 40 }))).toMatchObject({
      status: 'percentage',
      share: 40_000,
      stageGroups: [],
    });
  });
});
