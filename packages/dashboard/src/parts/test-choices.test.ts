import { parseTestSettings, planTest } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import {
  FIRST_CHOICES,
  inEqualParts,
  isWhole,
  PLAIN_METRIC,
  partsProblem,
  planOf,
  settingsOf,
  type TestChoices,
} from './test-choices.ts';

const choices: TestChoices = {
  ...FIRST_CHOICES,
  testId: 'ranking',
  arms: [
    { id: 0, variant: 'control', component: 'old', percentage: 66.7 },
    { id: 1, variant: 'new', component: 'new', percentage: 33.3 },
  ],
  metrics: [
    { id: 0, name: 'orders', role: 'primary', goal: 'increase', marginPercent: 0, aggregation: 'sum', hasCovariate: true },
    { ...PLAIN_METRIC, id: 1, name: 'latency', marginPercent: 2 },
    { ...PLAIN_METRIC, id: 2, role: 'secondary', goal: 'increase' },
  ],
};

describe('what the dialog for a new test asks for', () => {
  it('is what a test accepts, in even parts and in others', () => {
    const uneven = parseTestSettings(settingsOf({ ...choices, isEven: false }, 5000));
    expect(uneven).toMatchObject({ plannedUnits: 5000, arms: [{ weight: 66_700 }, { weight: 33_300 }] });
    expect(uneven.trackedMetrics).toMatchObject([
      { name: 'orders', aggregation: 'sum', covariate: true },
      { name: 'latency', role: 'guardrail', margin: 0.02, aggregation: 'mean' },
    ]);
    expect(parseTestSettings(settingsOf(choices, null)).arms.map(({ weight }) => weight)).toEqual([50_000, 50_000]);
  });

  it('says who is eligible by segments, by conditions and by both', () => {
    const eligibility = (more: Partial<TestChoices>) => settingsOf({ ...choices, ...more }, null)?.eligibility;
    expect(eligibility({ segments: ['beta'] })).toEqual({ in_segment: ['beta'] });
    expect(eligibility({ conditions: '{"plan":"pro"}' })).toEqual({ plan: 'pro' });
    const both = settingsOf({ ...choices, segments: ['beta'], conditions: '{"plan":"pro"}' }, null);
    expect(parseTestSettings(both).eligibility).toEqual({ all: [{ in_segment: ['beta'] }, { plan: 'pro' }] });
    expect(settingsOf({ ...choices, conditions: '[1]' }, null)).toBeNull();
    expect(settingsOf({ ...choices, conditions: '{' }, null)).toBeNull();
  });

  it('is not whole while a number was taken out that counts', () => {
    const guardrail = { ...PLAIN_METRIC, id: 0, name: 'latency', marginPercent: Number.NaN } as const;
    const arms = choices.arms.map((arm) => ({ ...arm, percentage: Number.NaN }));
    const lacking: readonly Partial<TestChoices>[] = [
      { testId: '' },
      { trafficPercent: Number.NaN },
      { durationDays: Number.NaN },
      { metrics: [guardrail] },
      { isEven: false, arms },
    ];
    for (const more of lacking) expect(isWhole({ ...choices, ...more }), JSON.stringify(more)).toBe(false);
    expect(isWhole({ ...choices, metrics: [{ ...guardrail, role: 'secondary' }] })).toBe(true);
    expect(isWhole(choices)).toBe(true);
  });

  it('begins other parts with equal ones, of any number of arms, and says what parts that are none lack', () => {
    for (let count = 2; count <= 10; count++) {
      const arms = Array.from({ length: count }, (_, id) => ({
        id,
        variant: id === 0 ? 'control' : `new-${id}`,
        component: `c${id}`,
        percentage: 0,
      }));
      const parted = { ...choices, isEven: false, arms: inEqualParts(arms) };
      expect(partsProblem(parted), `${count} arms`).toBeNull();
      expect(parseTestSettings(settingsOf(parted, null)).arms).toHaveLength(count);
    }
    const part = (...percentages: number[]) => {
      const arms = percentages.map((percentage, id) => ({ id, variant: `v${id}`, component: '', percentage }));
      return partsProblem({ arms, isEven: false });
    };
    expect(part(50, 40.5)).toBe('The parts must come to 100 %; they come to 90.5 %');
    expect(part(100, 0)).toBe('Each arm needs a part above 0 %');
    expect(isWhole({ ...choices, isEven: false, arms: choices.arms.map((arm) => ({ ...arm, percentage: 60 })) })).toBe(false);
  });

  it('can be planned once what is needed is known', () => {
    expect(planOf(choices)).toBeNull();
    const plan = planOf({ ...choices, plan: { ...choices.plan, baseline: 10, unitsPerDay: 1000 } });
    expect(plan).toMatchObject({ metric: { kind: 'rate', baseline: 0.1 }, lift: 0.05, primaryMetrics: 1, durationDays: 14 });
    if (plan !== null) expect(planTest(plan).days).toBeGreaterThan(10);
    expect(planOf({ ...choices, plan: { ...choices.plan, kind: 'mean', baseline: 10 } })).toBeNull();
  });
});
