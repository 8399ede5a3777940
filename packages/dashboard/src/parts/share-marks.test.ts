import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsMarks, shareMarks } from './share-marks.ts';

describe('the axis of a share', () => {
  it('names the stages of a canary, and nothing', () => {
    expect(shareMarks([1, 5, 10, 25, 50, 100])).toEqual([0, 1, 5, 10, 25, 50, 100]);
    expect(shareMarks([])).toEqual([0]);
  });

  it('leaves out what would be written over another', () => {
    expect(shareMarks([0.01, 1, 99, 100])).toEqual([0, 1, 100]);
  });

  it('keeps small shares apart only where an even axis would not show them', () => {
    expect(needsMarks(shareMarks([1, 100]))).toBe(true);
    expect(needsMarks(shareMarks([25, 50, 75, 100]))).toBe(false);
    expect(needsMarks(shareMarks([]))).toBe(false);
  });

  it('rises from nothing to the largest, and is never crowded', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1 }), (shares) => {
        const percentages = shares.map((share) => share / 1000);
        const marks = shareMarks(percentages);
        expect(marks).toEqual([...marks].sort((a, b) => a - b));
        expect([marks[0], marks.at(-1)]).toEqual([0, Math.max(...percentages)]);
        expect(marks.length).toBeLessThanOrEqual(9);
      }),
    );
  });
});
