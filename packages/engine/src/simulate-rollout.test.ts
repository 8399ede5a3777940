import { describe, expect, it } from 'vitest';
import { simulateRollout } from './simulate-rollout.ts';

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
