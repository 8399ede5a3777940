import { describe, expect, it } from 'vitest';
import { FIRST_ASSUMPTIONS, simulatedOf, unitsPerHourOf } from './simulated.ts';

const NOON = '2026-03-01T12:00:00.000Z';

describe('what is simulated', () => {
  it('is what the command takes where it is told nothing', () => {
    const settings = { strategy: 'canary' } as const;
    expect(simulatedOf(settings, FIRST_ASSUMPTIONS)).toEqual({
      settings,
      assumptions: { unitsPerSecond: 100, errorRate: 0.01, changeErrorRate: 0.1 },
      seed: 'sluice',
      replicates: 200,
    });
  });

  it('has as many users an hour as programs asked for, where that is known', () => {
    const asked = (lastEvaluatedAt: string, on: number) =>
      unitsPerHourOf({ exposedUnits: { off: 900, on }, firstEvaluatedAt: NOON, lastEvaluatedAt });
    expect(asked('2026-03-01T12:30:00.000Z', 101)).toBe(2000);
    expect(asked('2026-03-02T12:00:00.000Z', 0)).toBe(38);
    expect(asked('2026-03-01T12:00:30.000Z', 101)).toBeNull();
    expect(unitsPerHourOf({ exposedUnits: {}, firstEvaluatedAt: null, lastEvaluatedAt: null })).toBeNull();
  });
});
