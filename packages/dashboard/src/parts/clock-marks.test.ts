import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLOCK_STEPS, marksWithin } from './clock-marks.ts';

/** Of a chart on a phone, and between two names of the axis. */
const [WIDTH, SPACE] = [222, 90];

it('marks of time fit into any span on a phone, and not too many', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 600 * 86_400 }), (seconds) => {
      const step = CLOCK_STEPS.find((each) => (each * WIDTH) / seconds >= SPACE) ?? Number.POSITIVE_INFINITY;
      expect(step).toBeLessThanOrEqual(seconds);
      expect(seconds / step).toBeLessThan(3);
    }),
  );
});

it('a mark beyond the end of the axis has no name', () => {
  expect(marksWithin([0, 10, 20], 5, 15)).toEqual([null, 10, null]);
});
