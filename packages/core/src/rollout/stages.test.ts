import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Issue } from '../error.ts';
import type { Flag } from '../flag/flag.ts';
import type { RolloutStrategyName, Stage } from './rollout.ts';
import { planStages, rollbackStages, type StageSettings } from './stages.ts';
import { flagOf } from './world.testing.ts';

interface Wanted {
  readonly strategy?: RolloutStrategyName;
  readonly target?: number;
  readonly custom?: readonly StageSettings[];
  readonly before?: Partial<Flag>;
}

const DEFAULTS = { bakeMs: 300_000, minExposures: null, criteria: [], approval: 'auto', deadlineMs: null } as const;

function plan({ strategy = 'canary', target = 100, custom, before = {} }: Wanted): readonly Stage[] | readonly Issue[] {
  return planStages({
    flag: 'checkout',
    strategy,
    targetPercentage: target,
    custom: custom ?? null,
    defaults: DEFAULTS,
    before: flagOf(before),
  });
}

function stages(wanted: Wanted): readonly Stage[] {
  return plan(wanted).map((stage) => {
    if ('path' in stage) throw new Error(`${stage.path} ${stage.message}`);
    return stage;
  });
}

const percentages = (wanted: Wanted): number[] => stages(wanted).map(({ percentage }) => percentage);
const issues = (wanted: Wanted): string[] =>
  plan(wanted).map((issue) => ('path' in issue ? `${issue.path} ${issue.message}` : ''));
const numbers = (...list: number[]): StageSettings[] => list.map((percentage) => ({ percentage }));

describe('planStages', () => {
  it('gives a canary its six stages, truncated by the target, without those served already', () => {
    expect(percentages({})).toEqual([1, 5, 10, 25, 50, 100]);
    expect(percentages({ target: 30 })).toEqual([1, 5, 10, 25, 30]);
    expect(percentages({ target: 0.5 })).toEqual([0.5]);
    expect(percentages({ before: { share: 10_000 } })).toEqual([25, 50, 100]);
    expect(percentages({ before: { status: 'whitelist', share: 10_000 } })).toEqual([1, 5, 10, 25, 50, 100]);
  });

  it('lets blue-green be seen by the preview group alone before one switch', () => {
    expect(stages({ strategy: 'blueGreen' })).toMatchObject([
      { percentage: 0, share: null, groups: ['checkout-preview'] },
      { percentage: 100, share: 100_000, groups: ['checkout-preview'] },
    ]);
  });

  it('opens rings by their groups and moves the share only with the last, never skipping one', () => {
    expect(stages({ strategy: 'ring', before: { share: 20_000 } })).toMatchObject([
      { percentage: 1, share: null, groups: ['internal'] },
      { percentage: 10, share: null, groups: ['internal', 'beta'] },
      { percentage: 100, share: 100_000, groups: ['internal', 'beta'] },
    ]);
  });

  it('truncates rings at the target', () => {
    expect(stages({ strategy: 'ring', target: 5 })).toMatchObject([
      { percentage: 1, share: null },
      { percentage: 5, share: 5_000, groups: ['internal'] },
    ]);
  });

  it('takes any ascending list, with a stage’s own settings', () => {
    const custom = [{ percentage: 2, bakeMs: 1, minExposures: 7, approval: 'manual' as const }, ...numbers(40, 100)];
    expect(stages({ strategy: 'percentage', custom })).toMatchObject([
      { percentage: 2, share: 2_000, bakeMs: 1, minExposures: 7, approval: 'manual' },
      { percentage: 40, bakeMs: 300_000, approval: 'auto' },
      { percentage: 100 },
    ]);
    expect(stages({ strategy: 'ring', custom: numbers(3, 100) })[0]).toMatchObject({ percentage: 3, share: 3_000, groups: [] });
  });

  it('never falls to a stage below the share now, though it has groups', () => {
    const custom = [{ percentage: 5, groups: ['x'] }, ...numbers(60, 100)];
    expect(percentages({ strategy: 'percentage', custom, before: { share: 30_000 } })).toEqual([60, 100]);
    expect(percentages({ strategy: 'ring', custom, before: { share: 30_000 } })).toEqual([5, 60, 100]);
  });

  it('gives a deadline of a day, and of twice the bake where that is longer', () => {
    expect(stages({})[0]?.deadlineMs).toBe(86_400_000);
    expect(stages({ custom: [{ percentage: 100, bakeMs: 80_000_000 }] })[0]?.deadlineMs).toBe(160_000_000);
    expect(stages({ custom: [{ percentage: 100, bakeMs: 5_000, deadlineMs: 1 }] })[0]?.deadlineMs).toBe(10_000);
  });

  it('names each stage that is wrong', () => {
    expect(issues({ custom: [] })).toEqual(['/stages must have at least one stage']);
    expect(issues({ custom: numbers(5, 5, 101) })).toEqual([
      '/stages/1 must be above the stage before it, 5 %; it is 5 %',
      '/stages/2 must be from 0 to 100; it is 101',
    ]);
    expect(issues({ custom: [{ percentage: 5, bakeMs: Number.NaN, deadlineMs: -1 }] })).toEqual([
      '/stages/0/bakeMs must be a number of milliseconds from 0 to 315360000000, ten years; it is NaN',
      '/stages/0/deadlineMs must be a number of milliseconds from 0 to 315360000000, ten years; it is -1',
    ]);
    expect(issues({ target: 1.23456 })).toEqual(['/targetPercentage may have at most three decimals; it is 1.23456']);
  });

  it('refuses a target that is served already, whatever the strategy', () => {
    const message = '/targetPercentage nothing is left to roll out: the flag serves 50 % and the target is 50 %';
    for (const strategy of ['canary', 'blueGreen', 'ring'] as const)
      expect(issues({ strategy, target: 50, before: { share: 50_000 } })).toEqual([message]);
    expect(issues({ before: { status: 'enabled' } })).toHaveLength(1);
    expect(issues({ strategy: 'blueGreen', target: 0 })).toHaveLength(1);
  });

  it('plans shares that rise and end at the target, with groups that only grow', () => {
    const strategy = fc.constantFrom<RolloutStrategyName>('canary', 'blueGreen', 'ring', 'percentage');
    const stage = fc.record(
      { percentage: fc.integer({ min: 0, max: 100 }), groups: fc.subarray(['x', 'y', 'z']) },
      { requiredKeys: ['percentage'] },
    );
    const lists = fc.option(fc.uniqueArray(stage, { minLength: 1, selector: ({ percentage }) => percentage }), {
      nil: undefined,
    });
    const target = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(strategy, lists, target, fc.integer({ min: 0, max: 99_999 }), (name, list, target, share) => {
        fc.pre(target > share && (name !== 'percentage' || list !== undefined));
        const custom = list?.toSorted((a, b) => a.percentage - b.percentage);
        const planned = stages({
          strategy: name,
          target: target / 1000,
          before: { share },
          ...(custom === undefined ? {} : { custom }),
        });
        expect(planned.at(-1)?.share).toBe(target);
        let reached = share;
        for (const [index, stage] of planned.entries()) {
          expect(stage.share ?? reached).toBeGreaterThanOrEqual(reached);
          reached = stage.share ?? reached;
          expect(stage.groups).toEqual(expect.arrayContaining([...(planned[index - 1]?.groups ?? [])]));
        }
      }),
    );
  });
});

describe('rollbackStages', () => {
  it('stays at each share for the interval and asks for nothing', () => {
    expect(rollbackStages([75, 0], 60_000)).toMatchObject([
      { percentage: 75, share: 75_000, bakeMs: 60_000, minExposures: 0, criteria: [], approval: 'auto' },
      { percentage: 0, share: 0 },
    ]);
  });
});
