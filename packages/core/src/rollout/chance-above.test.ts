import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incompleteBeta } from '../statistics/incomplete-beta.ts';
import { chanceEverAbove, leastRequests } from './chance-above.ts';

const rate = fc.double({ min: 0.001, max: 0.5, noNaN: true });
const max = fc.double({ min: 0.01, max: 0.9, noNaN: true });

/** Every sequence of failures, one after another. */
function enumerated(p: number, bound: number, least: number, most: number): number {
  let chance = 0;
  for (let path = 0; path < 2 ** most; path++) {
    let [failures, isBroken] = [0, false];
    for (let n = 1; n <= most; n++) {
      failures += (path >> (n - 1)) & 1;
      isBroken ||= n >= least && failures / n > bound;
    }
    if (isBroken) chance += p ** failures * (1 - p) ** (most - failures);
  }
  return chance;
}

describe('the chance that a bound is ever broken', () => {
  it('is that of all paths that break it', () => {
    fc.assert(
      fc.property(rate, max, fc.integer({ min: 1, max: 8 }), (p, bound, least) => {
        expect(chanceEverAbove(p, bound, least, 10)).toBeCloseTo(enumerated(p, bound, least, 10), 12);
      }),
      { numRuns: 50 },
    );
  });

  it('at one look is the binomial tail', () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 40 }), (p, n, k) => {
        fc.pre(k < n);
        const tail = incompleteBeta(p, k + 1, n - k).lower;
        expect(chanceEverAbove(p, k / n, n, n)).toBeCloseTo(tail, 10);
      }),
    );
  });

  it('falls with the requests that are waited for, to what is asked', () => {
    const [p, bound, asked] = [0.01, 0.05, 0.05];
    const least = leastRequests(p, bound, asked, [2000, 5000]) ?? 0;
    expect(chanceEverAbove(p, bound, least, 5000)).toBeLessThanOrEqual(asked);
    expect(chanceEverAbove(p, bound, least - 1, 5000)).toBeGreaterThan(asked);
    expect(leastRequests(0.05, 0.05, asked, [2000, 5000])).toBeNull();
  });
});
