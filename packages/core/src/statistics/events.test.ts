import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAnswer } from './answer.ts';
import { addInterval, EMPTY_EVENT_GRID, gridEvidence } from './event-grid.ts';
import { eventTest, toleratedShare } from './event-test.ts';
import { logGamma } from './log-gamma.ts';
import { sampleRatioTest } from './sample-ratio.ts';
import { sequentialSampleRatio } from './sequential-sample-ratio.ts';
import { stagedEventTest, stratifiedDifference } from './staged-event-test.ts';

const share = fc.double({ min: 0.005, max: 0.95, noNaN: true });

function evidence(canaryEvents: number, baselineEvents: number, canaryShare: number, toleratedRatio = 1): number {
  const test = eventTest({ canaryEvents, baselineEvents, canaryShare }, { toleratedRatio });
  if (!isAnswer(test)) throw new Error(test.reason);
  return test.logE;
}

/** The mean of exp(logE) where each of `n` events falls on the canary with probability `theta`. */
function meanEvidence(n: number, theta: number, logE: (x: number) => number): number {
  let mean = 0;
  for (let x = 0; x <= n; x++) {
    const choose = logGamma(n + 1) - logGamma(x + 1) - logGamma(n - x + 1);
    mean += Math.exp(choose + x * Math.log(theta) + (n - x) * Math.log1p(-theta) + logE(x));
  }
  return mean;
}

describe('the exact event test', () => {
  it('has evidence that averages to exactly 1 on a canary that is no worse, at any number of events', () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 60 }), (theta, n) => {
        expect(meanEvidence(n, theta, (x) => evidence(x, n - x, theta))).toBeCloseTo(1, 9);
      }),
      { numRuns: 40 },
    );
  });

  it('averages to 1 or less on a canary that is better, and where a ratio is tolerated, up to that ratio', () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 60 }), fc.double({ min: 1, max: 4, noNaN: true }), (theta, n, ratio) => {
        const logE = (x: number): number => evidence(x, n - x, theta, ratio);
        expect(meanEvidence(n, theta * 0.7, (x) => evidence(x, n - x, theta))).toBeLessThanOrEqual(1 + 1e-9);
        expect(meanEvidence(n, toleratedShare(theta, ratio), logE)).toBeCloseTo(1, 9);
        expect(meanEvidence(n, theta, logE)).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('finds more evidence with every further error on the canary, and less with every one on the baseline', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), share, (x, y, theta) => {
        expect(evidence(x + 1, y, theta)).toBeGreaterThan(evidence(x, y, theta));
        expect(evidence(x, y + 1, theta)).toBeLessThan(evidence(x, y, theta));
      }),
    );
  });

  it('knows nothing without an event', () => {
    expect(evidence(0, 0, 0.1)).toBeCloseTo(0, 12);
  });

  it('refuses a share that is none and counts that are none', () => {
    expect(() => evidence(1, 1, 0)).toThrow('/canaryShare must be above 0 and below 1; it is 0');
    expect(() => evidence(-1, 1, 0.5)).toThrow('/canaryEvents must be a whole number, 0 or more; it is -1');
    expect(() => evidence(1, 0.5, 0.5)).toThrow('/baselineEvents');
  });
});

describe('the event test over stages', () => {
  const stages = [
    { canaryShare: 0.1, canaryN: 1000, baselineN: 9000, canaryEvents: 10, baselineEvents: 90 },
    { canaryShare: 0.5, canaryN: 5000, baselineN: 5000, canaryEvents: 150, baselineEvents: 150 },
  ];

  it('is not deceived when errors rise for everybody while the canary grows', () => {
    const test = stagedEventTest(stages);
    expect(isAnswer(test) && test.p).toBe(1);
    expect(stratifiedDifference(stages)).toMatchObject({ difference: 0 });
    const pooled = { canaryShare: 0.3, canaryEvents: 160, baselineEvents: 240 };
    const wrong = eventTest(pooled);
    expect(isAnswer(wrong) && wrong.p).toBeLessThan(0.01);
  });

  it('adds up what the stages say, in any order', () => {
    const sum = stages.reduce((total, one) => total + evidence(one.canaryEvents, one.baselineEvents, one.canaryShare), 0);
    for (const order of [stages, [...stages].reverse()]) {
      const test = stagedEventTest(order);
      expect(isAnswer(test) && test.logE).toBeCloseTo(sum, 12);
    }
    expect(stagedEventTest([])).toMatchObject({ logE: 0, p: 1 });
    expect(stratifiedDifference([])).toEqual({ reason: 'insufficient-data' });
  });
});

describe('the event test on a grid', () => {
  it('has evidence that averages to 1 on a canary that is no worse, whatever the shares of the intervals are', () => {
    const interval = (canaryEvents: number, baselineEvents: number) => ({
      canaryN: 50,
      baselineN: 950,
      canaryEvents,
      baselineEvents,
    });
    const [n, first, second] = [12, 0.05, 0.3];
    const mean = meanEvidence(n, first, (x) => {
      const after = addInterval(EMPTY_EVENT_GRID, interval(x, n - x));
      return Math.log(
        meanEvidence(n, second, (z) => {
          const last = { canaryN: 300, baselineN: 700, canaryEvents: z, baselineEvents: n - z };
          return gridEvidence(addInterval(after, last)).logE;
        }),
      );
    });
    expect(mean).toBeCloseTo(1, 9);
  });

  it('is untouched by an interval in which one side had no traffic', () => {
    const quiet = { canaryN: 0, baselineN: 900, canaryEvents: 0, baselineEvents: 9 };
    expect(addInterval(EMPTY_EVENT_GRID, quiet)).toBe(EMPTY_EVENT_GRID);
    expect(gridEvidence(EMPTY_EVENT_GRID)).toEqual({ logE: 0, p: 1 });
  });
});

describe('sample ratios', () => {
  it('are judged by the configured weights, not by equal ones', () => {
    const [test, sequential] = [sampleRatioTest([9000, 1000], [90, 10]), sequentialSampleRatio([9000, 1000], [90, 10])];
    expect(isAnswer(test) && test.p).toBeCloseTo(1, 12);
    expect(isAnswer(sequential) && sequential.p).toBe(1);
    const wrong = sequentialSampleRatio([9000, 1000], [1, 1]);
    expect(isAnswer(wrong) && wrong.p).toBeLessThan(1e-9);
  });

  it('have evidence that averages to exactly 1 where units fall as configured', () => {
    const logE = (x: number): number => {
      const test = sequentialSampleRatio([x, 40 - x], [3, 7]);
      return isAnswer(test) ? test.logE : Number.NaN;
    };
    expect(meanEvidence(40, 0.3, logE)).toBeCloseTo(1, 9);
  });

  it('need units and two arms', () => {
    expect(sampleRatioTest([0, 0], [1, 1])).toEqual({ reason: 'insufficient-data' });
    expect(sequentialSampleRatio([5], [1])).toEqual({ reason: 'insufficient-data' });
    expect(() => sampleRatioTest([1, 2], [1, 0])).toThrow('/weights must be a finite number above 0; it is 0');
  });
});
