import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RolloutSettings } from '../rollout/settings.ts';
import type { RolloutAssumptions } from './assumptions.ts';
import type { RolloutForecast } from './forecast.ts';
import { generator } from './generator.testing.ts';
import { simulateByReplicate, simulateRollout } from './simulate-rollout.ts';

const COMPARED: RolloutSettings = {
  strategy: 'percentage',
  stages: [5, 50, 100],
  bakeMs: 60_000,
  criteria: [{ metric: 'errorRate', versusControl: 1 }],
};
const WORLD: RolloutAssumptions = { unitsPerSecond: 20, errorRate: 0.1, changeErrorRate: 0.1 };

function forecast(
  settings: RolloutSettings,
  world: Partial<RolloutAssumptions> = {},
  replicates = 50,
  seed = 'a',
): RolloutForecast {
  return simulateRollout(settings, { ...WORLD, ...world }, { seed, replicates, generator });
}

describe('a simulated rollout', () => {
  it('is the same for the same seed, and another for another', () => {
    const once = forecast(COMPARED, { changeErrorRate: 0.2 });
    expect(forecast(COMPARED, { changeErrorRate: 0.2 })).toEqual(once);
    expect(forecast(COMPARED, { changeErrorRate: 0.2 }, 50, 'b')).not.toEqual(once);
  });

  it('tells after each replicate how many there were, and comes to the same', () => {
    const world = { ...WORLD, changeErrorRate: 0.2 };
    const options = { seed: 'a', replicates: 4, generator };
    const steps = simulateByReplicate(COMPARED, world, options);
    for (const done of [1, 2, 3, 4]) expect(steps.next()).toEqual({ value: done, done: false });
    expect(steps.next()).toEqual({ value: simulateRollout(COMPARED, world, options), done: true });
  });

  it('rolls a change that is no worse than tolerated back in at most 5 of 100 rollouts', () => {
    const replicates = 250;
    const slack = 3 * Math.sqrt((0.05 * 0.95) / replicates);
    expect(forecast(COMPARED, {}, replicates).falseRollback).toBeLessThanOrEqual(0.05 + slack);
    const tolerant = { ...COMPARED, criteria: [{ metric: 'errorRate', versusControl: 1.2 }] };
    expect(forecast(tolerant, { changeErrorRate: 0.12 }, replicates).assumed.rolledBack).toBeLessThanOrEqual(0.05 + slack);
  });

  it('shows that a bound near the rate rolls harmless changes back, which a comparison does not', () => {
    const bound = { ...COMPARED, criteria: [{ metric: 'errorRate', max: 0.15 }] };
    expect(forecast(bound).falseRollback).toBeGreaterThan(0.3);
  });

  it('tries a comparison by requests of another source out as one by units that tolerates 1.2 at the least', () => {
    const ofSource = (source: string, versusControl: number) => ({
      ...COMPARED,
      criteria: [{ metric: 'errorRate', source, versusControl }],
    });
    const world = { changeErrorRate: 0.2 };
    expect(forecast(ofSource('prom', 1), world, 5)).toEqual(forecast(ofSource('collector', 1.2), world, 5));
    expect(forecast(ofSource('prom', 1), { errorRate: 0, changeErrorRate: 0 }, 3).harmless.completed).toBe(1);
  });

  it('waits, where non-inferiority is asked for, for as many errors as show it', () => {
    const asked = { ...COMPARED, criteria: [{ metric: 'errorRate', versusControl: 3, nonInferiority: true }] };
    const slow = forecast(asked, { errorRate: 0.05, changeErrorRate: 0.05 }, 2).harmless;
    const fast = forecast(asked, { errorRate: 0.2, changeErrorRate: 0.2 }, 2).harmless;
    expect(fast.completed).toBe(1);
    expect(fast.exposedUnits.p50).toBeLessThan(slow.exposedUnits.p50 ?? 0);
  });

  it('finds more harm sooner, and in more rollouts', () => {
    const found = [0.1, 0.14, 0.2, 0.4, 1].map((changeErrorRate) => forecast(COMPARED, { changeErrorRate }, 60).assumed);
    const times = found.map(({ detectionMs }) => detectionMs.p50 ?? Number.POSITIVE_INFINITY);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(new Set(times.slice(1)).size).toBe(4);
    const parts = found.map(({ rolledBack }) => rolledBack);
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(parts.at(-1)).toBe(1);
  });

  it('spares users by a smaller first stage', () => {
    const small = forecast({ ...COMPARED, stages: [1, 50, 100] }, { changeErrorRate: 0.5, unitsPerSecond: 100 }).assumed;
    const large = forecast({ ...COMPARED, stages: [50, 100] }, { changeErrorRate: 0.5, unitsPerSecond: 100 }).assumed;
    expect(small.exposedUnits.p50).toBeLessThan(large.exposedUnits.p50 ?? 0);
  });

  it('takes total breakage back after a handful of units, as the rollout itself does', () => {
    const bound = { ...COMPARED, criteria: [{ metric: 'errorRate', max: 0.05 }] };
    const { exposedUnits, errorUnits } = forecast(bound, { errorRate: 0, changeErrorRate: 1 }).assumed;
    expect(errorUnits.p50).toBeGreaterThanOrEqual(5);
    expect(errorUnits.p99).toBeLessThan(15);
    expect(exposedUnits).toEqual(errorUnits);
  });

  it('completes where validators agree, people approve, and nothing is scheduled', () => {
    const { assumed, takenAsGood, falseRollback } = forecast(
      {
        strategy: 'canary',
        bakeMs: 10_000,
        validatorName: 'check',
        autoAdvance: false,
        startAt: '2030-01-01T00:00:00Z',
        criteria: [{ metric: 'p95', max: 200 }],
        toVersion: '2.0.0',
      },
      { unitsPerSecond: 2000 },
      5,
    );
    expect({ completed: assumed.completed, takenAsGood, falseRollback }).toEqual({
      completed: 1,
      takenAsGood: ['p95'],
      falseRollback: 0,
    });
    expect(assumed.detectionMs).toEqual({ p50: null, p90: null, p99: null });
  });

  it('lets a preview group see a blueGreen change first: what breaks there reaches nobody else', () => {
    const preview: RolloutSettings = { strategy: 'blueGreen', criteria: [{ metric: 'errorRate', max: 0.3 }], bakeMs: 60_000 };
    const { harmless, assumed } = forecast(preview, { unitsPerSecond: 50, changeErrorRate: 0.9, previewPercentage: 4 }, 20);
    expect([harmless.completed, assumed.rolledBack]).toEqual([1, 1]);
    expect(assumed.exposedUnits.p99).toBeLessThan(60);
    const larger = forecast(preview, { unitsPerSecond: 50, changeErrorRate: 0.9, previewPercentage: 40 }, 20).assumed;
    expect(larger.detectionMs.p50).toBeLessThan(assumed.detectionMs.p50 ?? 0);
  });

  it('names an assumption that there is not, and one that cannot be', () => {
    const odd = { changeErorRate: 0.2, previewPercentage: 0 } as Partial<RolloutAssumptions>;
    expect(() => forecast(COMPARED, odd)).toThrow(
      'simulateRollout: /changeErorRate is no assumption (did you mean "changeErrorRate"?); /previewPercentage must be above 0, and 100 at the most; it is 0',
    );
  });

  it('says what does not come to an end: too little traffic never passes', () => {
    const { assumed } = forecast({ ...COMPARED, stageDeadlineMs: 1_800_000 }, { unitsPerSecond: 0.01 }, 5);
    expect(assumed.held + assumed.unfinished).toBe(1);
    expect(assumed.completed).toBe(0);
  });

  it('counts every rollout once, and no more units with an error than were served', () => {
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        rate,
        rate,
        fc.double({ min: 0.1, max: 200, noNaN: true }),
        fc.string(),
        (errorRate, changeErrorRate, unitsPerSecond, seed) => {
          const world = { errorRate, changeErrorRate, unitsPerSecond };
          const { assumed } = forecast(
            { ...COMPARED, bakeMs: 5000, criteria: [{ metric: 'errorRate', max: 0.5, versusControl: 2 }] },
            world,
            2,
            seed,
          );
          expect(assumed.completed + assumed.rolledBack + assumed.held + assumed.unfinished).toBeCloseTo(1, 12);
          expect(assumed.errorUnits.p99).toBeLessThanOrEqual(assumed.exposedUnits.p99 ?? 0);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('refuses what is no assumption, naming each place, and a plan that nothing judges', () => {
    const bad = () => forecast(COMPARED, { unitsPerSecond: 0, errorRate: -1, changeErrorRate: Number.NaN }, 0);
    const paths = ['/unitsPerSecond', '/errorRate', '/changeErrorRate', '/replicates'];
    expect(bad).toThrow(
      expect.objectContaining({ code: 'invalid', issues: paths.map((path) => expect.objectContaining({ path })) }),
    );
    expect(() => forecast({ strategy: 'canary' })).toThrow(/nothing would judge/);
  });
});
