import { describe, expect, it } from 'vitest';
import { seededGenerator } from './seeded-generator.ts';

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
