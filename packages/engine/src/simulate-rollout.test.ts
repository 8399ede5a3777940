import { describe, expect, it } from 'vitest';
import { seededGenerator } from './seeded-generator.ts';
import { simulateRollout } from './simulate-rollout.ts';

describe('the seeded generator', () => {
  it('gives the same numbers for the same seed, spread evenly from 0 to below 1', () => {
    const numbers = (seed: string): number[] => Array.from({ length: 10_000 }, seededGenerator(seed));
    expect(numbers('x')).toEqual(numbers('x'));
    expect(numbers('x/1')).not.toEqual(numbers('x/2'));
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => numbers('x').filter((number) => Math.floor(number * 10) === tenth).length,
    );
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(900));
  });
});

describe('simulateRollout', () => {
  it('answers the same each time, without a seed given', () => {
    const plan = {
      strategy: 'percentage',
      stages: [20, 100],
      bakeMs: 10_000,
      criteria: [{ metric: 'errorRate', versusControl: 1 }],
    } as const;
    const world = { unitsPerSecond: 100, errorRate: 0.01, changeErrorRate: 0.2 };
    const answer = simulateRollout(plan, world, { replicates: 10 });
    expect(answer).toEqual(simulateRollout(plan, world, { replicates: 10, seed: 'sluice' }));
    expect(answer.assumed).toMatchObject({ rolledBack: 1, detectionMs: { p99: expect.any(Number) } });
    const odd = (options: object) => () => simulateRollout(plan, world, options);
    expect(odd({ replicats: 10 })).toThrow('/replicats is not an option');
    expect(odd({ seed: 7 })).toThrow('/seed must be a text; it is 7');
  });
});
