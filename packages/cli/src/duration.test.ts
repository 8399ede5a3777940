import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1 h 30 min', 5_400_000],
    ['2d', 172_800_000],
    ['1.5s', 1_500],
    ['250ms', 250],
  ])('%s has so many milliseconds', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '10', 'm', '10x', '-5m', '5m!', 10, null])('%s is none', (text) => expect(parseDuration(text)).toBeNull());

  it('that is told in whole seconds is read as it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        (seconds) => parseDuration(formatDuration(seconds * 1_000)) === seconds * 1_000,
      ),
    );
  });
});
