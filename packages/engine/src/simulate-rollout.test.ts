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

  it('takes the options that the rollout would be started with, and asks no validator', () => {
    const world = { unitsPerSecond: 100, errorRate: 0.01, changeErrorRate: 0.2 };
    const options = { strategy: 'canary', bakeMs: 2000, reason: 'faster', onConflict: 'supersede' } as const;
    const validate = () => {
      throw new Error('was asked');
    };
    const named = simulateRollout({ strategy: 'canary', bakeMs: 2000, validatorName: 'v' }, world, { replicates: 2 });
    expect(simulateRollout({ ...options, validate }, world, { replicates: 2 })).toEqual(named);
    expect(named.assumed.completed).toBe(1);
    expect(() => simulateRollout({ ...options, validate: true as never }, world)).toThrow(
      'simulateRollout: /validate must be a function of the percentage; it is true',
    );
  });

  it('refuses assumptions that are none, in words', () => {
    const plan = { strategy: 'canary', unvalidated: true } as const;
    expect(() => simulateRollout(plan, null as never)).toThrow('the assumptions must be an object such as { unitsPerSecond: 50');
    const texts = { unitsPerSecond: '50', errorRate: '0', changeErrorRate: 0.1 } as never;
    expect(() => simulateRollout(plan, texts)).toThrow(
      '/unitsPerSecond must be above 0, and 1e9 at the most; it is "50"; /errorRate must be from 0 to 1; it is "0"',
    );
    expect(() => simulateRollout(undefined as never, texts)).toThrow('simulateRollout: the options must be an object');
  });
});
