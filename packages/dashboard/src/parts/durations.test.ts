import { describe, expect, it } from 'vitest';
import { duration, relative } from './durations.ts';

describe('spans of time', () => {
  it('have their two largest units, and skip what is nothing', () => {
    expect([0, 999, 61_000, 3_600_000, 3_661_000, 90_000_000, 86_400_000 + 5_000].map(duration)).toEqual([
      '0 s',
      '0 s',
      '1 min 1 s',
      '1 h',
      '1 h 1 min',
      '1 d 1 h',
      '1 d',
    ]);
    expect(duration(-1)).toBe('0 s');
  });

  it('are told from now', () => {
    expect([-500, -61_000, -119_000, 7_300_000, 6.99 * 86_400_000].map(relative)).toEqual([
      'now',
      '1 minute ago',
      '1 minute ago',
      'in 2 hours',
      'in 7 days',
    ]);
  });
});
