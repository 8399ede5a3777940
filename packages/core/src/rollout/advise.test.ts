import { describe, expect, it } from 'vitest';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { adviseRollout } from './advise.ts';
import { parseRolloutSettings, type RolloutSettings } from './settings.ts';
import { flagOf, START, startedWorld } from './world.testing.ts';

function advice(settings: Partial<RolloutSettings>, flag: Flag = flagOf(), others: readonly Flag[] = [], running = ''): string[] {
  const plan = parseRolloutSettings(flag, { strategy: 'canary', validatorName: 'check', unvalidated: true, ...settings });
  const flags = new Map([flag, ...others].map((one) => [one.key, one]));
  const underWay = running === '' ? [] : [{ ...startedWorld().rollout, key: running }];
  return adviseRollout(plan, { flag, underWay, flags });
}
const needing = (key: string, ...needed: string[]): Flag => ({
  ...newFlag(key, DEFAULT_SCOPE, START),
  status: 'percentage',
  prerequisites: needed.map((flag) => ({ flag, variants: ['on'] })),
});

describe('adviseRollout', () => {
  it('has nothing to say of the standard strategies, wherever they begin and end', () => {
    for (const strategy of ['canary', 'blueGreen', 'ring'] as const)
      for (const targetPercentage of [7, 30, 60, 100]) expect(advice({ strategy, targetPercentage })).toEqual([]);
    for (const share of [3_000, 12_000, 40_000]) expect(advice({}, flagOf({ share }))).toEqual([]);
  });

  it('warns of a first stage above 5 %', () => {
    expect(advice({ strategy: 'percentage', stages: [5, 10], targetPercentage: 10 })).toEqual([]);
    expect(advice({ strategy: 'percentage', stages: [5.001, 10], targetPercentage: 10 })).toEqual([
      expect.stringContaining('the first stage opens 5.001 % at once'),
    ]);
    expect(advice({ stages: [20, 30], targetPercentage: 30 })).toHaveLength(1);
  });

  it('calls nothing a small start that another variant begins with, and nothing a start that goes on from a share', () => {
    const multi = flagOf({ variants: { off: 0, on: 1, next: 2 }, share: 100_000 });
    expect(advice({ strategy: 'percentage', stages: [50, 100], toVariant: 'next' }, multi)).toEqual([
      expect.stringContaining('the first stage opens 50 %'),
    ]);
    expect(advice({ strategy: 'percentage', stages: [50, 100] }, flagOf({ share: 30_000 }))).toEqual([]);
  });

  it('warns of each step of a list that more than doubles, from the share before on', () => {
    expect(advice({ strategy: 'percentage', stages: [5, 10, 20, 40, 80, 100] })).toEqual([]);
    expect(advice({ strategy: 'percentage', stages: [5, 20, 60, 100] })).toEqual([
      'stage 2 goes from 5 to 20 %, which is more than double',
      'stage 3 goes from 20 to 60 %, which is more than double',
    ]);
    expect(advice({ stages: [1, 5, 30, 100] })).toEqual([
      'stage 3 goes from 5 to 30 %, which is more than double',
      'stage 4 goes from 30 to 100 %, which is more than double',
    ]);
    expect(advice({ strategy: 'percentage', stages: [50, 100] }, flagOf({ share: 2_000 }))).toHaveLength(1);
  });

  it('warns when nothing rolls it back by itself, naming the stages; a dry-run criterion is no trigger', () => {
    const none = { validatorName: undefined } as unknown as Partial<RolloutSettings>;
    const criteria = [{ metric: 'errorRate', max: 0.05 }];
    expect(advice(none)).toEqual(['nothing rolls it back by itself: neither criteria nor a validator is named']);
    expect(advice({ ...none, criteria })).toEqual([]);
    expect(advice({ ...none, criteria: [{ metric: 'p95', max: 1, dryRun: true }] })).toHaveLength(1);
    const stages = [{ percentage: 1, criteria: [] }, { percentage: 2 }, { percentage: 4, criteria: [] }];
    expect(advice({ ...none, criteria, stages, targetPercentage: 4 })).toEqual([
      'nothing rolls it back by itself in stages 1, 3: neither criteria nor a validator is named',
    ]);
  });

  it('warns of a change at the same time on the flag, what it needs, what needs it, and what needs the same', () => {
    const base = needing('base');
    const platform = needing('platform', 'base');
    const flag = { ...flagOf(), prerequisites: [{ flag: 'platform', variants: ['on'] }] };
    const sibling = needing('sibling', 'base');
    const child = needing('child', 'checkout');
    const stranger = needing('stranger', 'elsewhere');
    const all = [base, platform, sibling, child, stranger];
    expect(advice({}, flag, all, 'checkout')).toEqual([expect.stringContaining('runs at the same time on this flag')]);
    expect(advice({}, flag, all, 'base')).toEqual([expect.stringContaining('"checkout" needs its flag')]);
    expect(advice({}, flag, all, 'child')).toEqual([expect.stringContaining('its flag needs "checkout"')]);
    expect(advice({}, flag, all, 'sibling')).toEqual([expect.stringContaining('both need the flag "base"')]);
    expect(advice({}, flag, all, 'stranger')).toEqual([]);
  });
});
