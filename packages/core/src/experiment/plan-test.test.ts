import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planTest, type TestPlanSettings } from './plan-test.ts';

const mean = { kind: 'mean', mean: 100, standardDeviation: 40 } as const;
const plan: TestPlanSettings = { metric: mean, lift: 0.05 };

describe('the plan of a test', () => {
  it('is that of the textbook for one look at a fixed size', () => {
    // (1.96 + 0.8416)² · 2 · (40 / 5)² = 1004.6 units of each arm.
    expect(planTest({ ...plan, method: 'fixedHorizon' })).toMatchObject({ totalUnits: 2010, unitsByArm: [1005, 1005] });
    const rate = { kind: 'rate', baseline: 0.1 } as const;
    expect(planTest({ metric: rate, lift: 0.2, method: 'fixedHorizon' }).totalUnits).toBe(7678);
  });

  it('takes more units to be looked at all along, about one and a half times as many', () => {
    const { totalUnits } = planTest(plan);
    expect(totalUnits / 2010).toBeGreaterThan(1.3);
    expect(totalUnits / 2010).toBeLessThan(2);
  });

  it('asks for a hundred units of each arm, however large the change is: below, nothing is called a difference', () => {
    for (const method of ['sequence', 'fixedHorizon'] as const) {
      const few = planTest({ metric: mean, lift: 5, method, weights: [3, 1, 2] });
      expect(Math.min(...few.unitsByArm)).toBeGreaterThanOrEqual(100);
      expect(few.totalUnits).toBeLessThanOrEqual(602);
    }
  });

  it('finds in the planned time what it was planned for', () => {
    fc.assert(
      fc.property(
        fc.record({
          lift: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
          method: fc.constantFrom('sequence' as const, 'fixedHorizon' as const),
          weights: fc.constantFrom([1, 1], [3, 1], [2, 1, 1]),
          trafficShare: fc.constantFrom(1, 0.25),
        }),
        (settings) => {
          const whole = { ...settings, metric: mean, unitsPerDay: 1000 };
          const { totalUnits, days } = planTest(whole);
          const durationDays = totalUnits / (1000 * settings.trafficShare);
          expect(days).toBe(Math.ceil(durationDays));
          const { detectableLift } = planTest({ ...whole, durationDays });
          expect(Math.abs((detectableLift ?? 0) / settings.lift - 1)).toBeLessThan(0.02);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes more units the more is compared, the smaller the change and the more unequal the arms', () => {
    const { totalUnits } = planTest(plan);
    for (const more of [{ primaryMetrics: 3 }, { lift: 0.04 }, { weights: [9, 1] }, { weights: [1, 1, 1] }, { power: 0.9 }])
      expect(planTest({ ...plan, ...more }).totalUnits).toBeGreaterThan(totalUnits);
  });

  it('names every setting that is wrong', () => {
    const wrong = { metric: { kind: 'rate', baseline: 2 }, lift: 0, power: 1, weights: [1], unitsPerDay: -1 } as never;
    for (const path of ['/metric/baseline', '/lift', '/power', '/weights', '/unitsPerDay'])
      expect(() => planTest(wrong)).toThrow(path);
    expect(() => planTest({ metric: { kind: 'rate', baseline: 0.6 }, lift: 1 })).toThrow('makes the rate 1.2');
    expect(() => planTest({ lift: 0.1 } as never)).toThrow('/metric must be');
    expect(() => planTest({ metric: mean } as never)).toThrow(
      '/lift must be a relative change such as 0.05, not 0; it is missing',
    );
    expect(() => planTest({ ...plan, lift: 1e-12 })).toThrow('too small');
  });
});
