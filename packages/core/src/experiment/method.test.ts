/** How a test is judged: at every look, at its planned end, and with several comparisons. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differing, experimentOf, metric, SINGLE, same, totalsOf } from './judged-test.testing.ts';
import { NO_LOOKS } from './looks.ts';
import { lookAtTest, testResult } from './result.ts';
import type { TestResults } from './test-results.ts';

describe('looking at a test all along', () => {
  it('shows a p that never rises, whatever is seen between, and keeps what was found once', () => {
    const look = fc.record({ n: fc.integer({ min: 2, max: 5000 }), by: fc.double({ min: -1, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 12 }), (seen) => {
        let looks = NO_LOOKS;
        let before: TestResults | null = null;
        for (const [index, { n, by }] of seen.entries()) {
          const at = lookAtTest(SINGLE, { ...totalsOf({ a: differing(n, by) }), looks }, index);
          looks = at.looks ?? looks;
          const [now, then] = [at.results.metrics.a, before?.metrics.a];
          expect(now?.pValue ?? 1).toBeLessThanOrEqual(then?.pValue ?? 1);
          if (then?.significantAt != null) expect(now?.significantAt).toBe(then.significantAt);
          if (then?.significantAt != null && n >= 100) expect(at.results.significant).toBe(true);
          before = at.results;
        }
      }),
    );
  });

  it('adds nothing to the looks when it sees nothing new, and says so', () => {
    const totals = totalsOf({ a: differing(1000) });
    const { looks, results } = lookAtTest(SINGLE, totals, 5);
    expect(looks?.comparisons.treatment?.a).toMatchObject({ p: results.pValue.a, rises: true, significantAt: 5 });
    expect(lookAtTest(SINGLE, { ...totals, looks: looks ?? NO_LOOKS }, 9).looks).toBeNull();
  });

  it('keeps the direction in which it was found', () => {
    const { looks } = lookAtTest(SINGLE, totalsOf({ a: differing(1000) }), 5);
    const later = testResult(SINGLE, { ...totalsOf({ a: differing(1000, -0.01) }), looks: looks ?? NO_LOOKS }, 9);
    expect(later).toMatchObject({ significant: true, winner: 'treatment', verdict: { a: 'better' } });
    expect(later.metrics.a).toMatchObject({ significantAt: 5, difference: expect.closeTo(-0.01, 9) });
    expect(later.metrics.a?.pValueNow).toBe(1);
  });

  it('counts no look at fewer than 100 units in an arm', () => {
    const few = lookAtTest(
      SINGLE,
      totalsOf(
        {
          a: [
            [99, 10, 1],
            [5000, 20, 1],
          ],
        },
        [99, 99],
      ),
      1,
    );
    expect(few).toMatchObject({ looks: null, results: { significant: false, reason: 'insufficient-data', pValue: { a: 1 } } });
    expect(few.results.metrics.a).toMatchObject({ verdict: 'insufficientData', reason: 'insufficient-data' });
    expect(
      testResult(
        SINGLE,
        totalsOf(
          {
            a: [
              [100, 10, 1],
              [5000, 20, 1],
            ],
          },
          [100, 100],
        ),
        1,
      ).significant,
    ).toBe(true);
  });

  it('is tightest where it was planned for', () => {
    const width = (plannedUnits: number | null, n: number): number => {
      const [lower, upper] = testResult({ ...SINGLE, plannedUnits }, totalsOf({ a: same(n) }), 1).interval.a ?? [0, 0];
      return upper - lower;
    };
    expect(width(1000, 500)).toBeLessThan(width(100_000, 500));
    expect(width(100_000, 50_000)).toBeLessThan(width(1000, 50_000));
    expect(width(null, 500)).toBe(width(5000, 500));
  });
});

describe('a fixed horizon', () => {
  const fixed = experimentOf([metric('a')], { method: 'fixedHorizon' });
  const totals = totalsOf({ a: differing(200, 0.5) });

  it('judges nothing before the planned end, nor when it was stopped before', () => {
    for (const early of [fixed, { ...fixed, phase: 'stopped', stoppedAt: 999 } as const]) {
      const { results, looks } = lookAtTest(early, totals, 1500);
      expect(results).toMatchObject({
        significant: false,
        reason: 'before-planned-end',
        pValue: { a: null },
        interval: { a: null },
      });
      expect(results.metrics.a).toMatchObject({ difference: 0.5, liftInterval: null, verdict: 'insufficientData' });
      expect(results.warnings.join()).toContain('one look at the planned end was declared');
      expect(looks).toBeNull();
    }
  });

  it("is Welch's test at the planned end, which finds what the sequence does not find yet", () => {
    const ended = { ...fixed, phase: 'stopped', stoppedAt: 1000 } as const;
    expect(testResult(ended, totals, 2000)).toMatchObject({ method: 'fixedHorizon', significant: true, winner: 'treatment' });
    expect(testResult({ ...ended, method: 'sequence' }, totals, 2000)).toMatchObject({ significant: false, winner: null });
  });
});

describe('several comparisons', () => {
  it('are corrected by role: primaries by Holm, secondaries by Benjamini and Hochberg and as hints, guardrails not', () => {
    const roles = { p1: 'primary', p2: 'primary', s1: 'secondary', s2: 'secondary', g1: 'guardrail', g2: 'guardrail' } as const;
    const tracked = Object.entries(roles).map(([name, role]) => metric(name, { role, goal: 'decrease' }));
    const samples = Object.fromEntries(Object.keys(roles).map((name, index) => [name, differing(1000, 0.4 + (index % 2) / 20)]));
    const { metrics } = testResult(experimentOf(tracked), totalsOf(samples), 1);
    const p = (name: string): number => metrics[name]?.pValue ?? 1;
    const adjusted = (name: string): number => metrics[name]?.adjustedPValue ?? 1;
    expect(adjusted('p2')).toBeCloseTo(2 * p('p2'), 12);
    expect(adjusted('p1')).toBeCloseTo(Math.max(p('p1'), 2 * p('p2')), 12);
    expect(adjusted('s1')).toBeCloseTo(p('s1'), 12);
    expect(adjusted('s2')).toBeCloseTo(Math.min(p('s1'), 2 * p('s2')), 12);
    expect([adjusted('g1'), adjusted('g2')]).toEqual([p('g1'), p('g2')]);
    expect([metrics.s1?.isExploratory, metrics.p1?.isExploratory]).toEqual([true, false]);
  });

  it('count a primary metric of which nothing is known yet, so that no adjusted p rises later', () => {
    const both = experimentOf([metric('a'), metric('b')]);
    const alone = testResult(both, totalsOf({ a: differing(1000, 0.4) }), 1).metrics.a;
    expect(alone?.adjustedPValue).toBeCloseTo(2 * (alone?.pValue ?? 1), 12);
  });
});

describe('the lift', () => {
  it('has an interval that holds at every look, and none where the control is near 0', () => {
    const { metrics } = testResult(SINGLE, totalsOf({ a: differing(1000) }), 1);
    const [lower, upper] = metrics.a?.liftInterval ?? [0, 0];
    expect([lower < 0.1, upper > 0.1, metrics.a?.lift]).toEqual([true, true, expect.closeTo(0.1, 12)]);
    const near = testResult(
      SINGLE,
      totalsOf({
        a: [
          [1000, 0.1, 4],
          [1000, 1, 4],
        ],
      }),
      1,
    );
    expect(near.metrics.a).toMatchObject({ lift: null, liftInterval: null, reason: 'control-mean-near-zero', verdict: 'better' });
  });
});
