/** What stands against a finding: a wrong sample ratio, and guardrails. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Experiment } from './experiment.ts';
import { differing, experimentOf, metric, SINGLE, totalsOf } from './judged-test.testing.ts';
import { NO_LOOKS } from './looks.ts';
import { lookAtTest, testResult } from './result.ts';

describe('a wrong sample ratio', () => {
  it('blocks what would be significant, also when the ratio looks right again', () => {
    const wrong = lookAtTest(SINGLE, totalsOf({ a: differing(3000) }, [3000, 3600]), 1);
    expect(wrong.results).toMatchObject({ significant: false, winner: null, reason: 'sample-ratio-mismatch' });
    expect(wrong.results.metrics.a).toMatchObject({ verdict: 'undefined', reason: 'sample-ratio-mismatch', significantAt: null });
    expect(wrong.looks?.comparisons.treatment?.a?.significantAt).toBeNull();
    expect(wrong.results.sampleRatio).toMatchObject({ isMismatch: true, expected: { control: 3300, treatment: 3300 } });
    expect(wrong.results.warnings.join()).toContain('control has 3000 and treatment 3600 users where the weights give');
    const later = testResult(SINGLE, { ...totalsOf({ a: differing(9000) }), looks: wrong.looks ?? NO_LOOKS }, 2);
    expect(later).toMatchObject({ significant: false, reason: 'sample-ratio-mismatch' });
  });

  it('is judged by the weights of the test', () => {
    const [control, treatment] = SINGLE.arms;
    const uneven = {
      ...SINGLE,
      arms: [
        { ...control, weight: 90_000 },
        { ...treatment, weight: 10_000 },
      ],
    } as const;
    const totals = totalsOf({ a: differing(9000) }, [9000, 1000]);
    expect(testResult(uneven, totals, 1)).toMatchObject({ significant: true, sampleRatio: { isMismatch: false, pValue: 1 } });
    expect(testResult(SINGLE, totals, 1).sampleRatio?.isMismatch).toBe(true);
  });

  it('is not looked for where no users were exposed', () => {
    expect(testResult(SINGLE, totalsOf({ a: differing(1000) }, [0, 0]), 1)).toMatchObject({
      sampleRatio: null,
      significant: true,
    });
  });
});

describe('a finding whose values have turned since', () => {
  const found = lookAtTest(SINGLE, totalsOf({ a: differing(3000) }), 1);
  const later = (by: number) =>
    testResult(SINGLE, { ...totalsOf({ a: differing(9000, by) }), looks: found.looks ?? NO_LOOKS }, 2);

  it('stays found, and nothing wins while what is measured says the opposite', () => {
    expect(found.results).toMatchObject({ winner: 'treatment', warnings: [] });
    const turned = later(-0.2);
    expect(turned).toMatchObject({ significant: true, winner: null, verdict: { a: 'better' } });
    expect(turned.warnings.join()).toContain('a: it was found better in treatment, and what is measured now says the opposite');
    expect(turned.conclusion[0]).toBe('Nothing wins: what was found earlier and what is measured now say the opposite.');
  });

  it('says that its interval holds 0 again, and nothing else where it does not', () => {
    expect(later(0).warnings.join()).toContain('a: it was found better in treatment, and its interval holds 0 again');
    expect(later(0).winner).toBe('treatment');
    expect(later(1)).toMatchObject({ winner: 'treatment', warnings: [] });
  });
});

describe('a guardrail', () => {
  const guarded = (margin?: number): Experiment =>
    experimentOf([metric('latency', { role: 'guardrail', ...(margin === undefined ? {} : { margin }) })]);
  const latency = (n: number, by: number) =>
    totalsOf({
      latency: [
        [n, 100, 100],
        [n, 100 + by, 100],
      ],
    });

  it('is worse, within its margin, or neither is shown', () => {
    const verdict = (margin: number | undefined, n: number, by: number) =>
      testResult(guarded(margin), latency(n, by), 1).verdict.latency;
    expect(verdict(undefined, 1000, 3)).toBe('worse');
    expect(verdict(undefined, 1000, -3)).toBe('notWorse');
    expect(verdict(undefined, 1000, 0)).toBe('noDifference');
    expect(verdict(0.05, 1000, 3)).toBe('notWorse');
    expect(verdict(0.05, 1000, 8)).toBe('worse');
    expect(verdict(0.05, 150, 3)).toBe('noDifference');
  });

  it('keeps its margin in the direction that is bad for it, also on a mean below 0', () => {
    const accuracy = experimentOf([metric('accuracy', { role: 'guardrail', margin: 0.1 })]);
    const of = (control: number, treatment: number) =>
      testResult(
        accuracy,
        totalsOf({
          accuracy: [
            [2000, control, 1],
            [2000, treatment, 1],
          ],
        }),
        1,
      ).verdict.accuracy;
    expect([of(10, 9.5), of(10, 8.5), of(-10, -10.5), of(-10, -11.5)]).toEqual(['notWorse', 'worse', 'notWorse', 'worse']);
  });

  it('takes its margin of the mean itself, not of the mean relative to the shift of its moments', () => {
    const totals = latency(1000, 3);
    const shifted = Object.fromEntries(
      Object.entries(totals.arms).map(([arm, { exposed, metrics }]) => {
        const { latency: moments } = metrics;
        const moved = moments === undefined ? {} : { latency: { ...moments, mean: moments.mean - 90, shift: 90 } };
        return [arm, { exposed, metrics: moved }];
      }),
    );
    for (const margin of [undefined, 0.05]) {
      const [plain, same] = [totals, { ...totals, arms: shifted }].map(
        (of) => testResult(guarded(margin), of, 1).metrics.latency,
      );
      expect(same?.worstExcess).toBeCloseTo(plain?.worstExcess ?? Number.NaN, 9);
    }
  });

  it('says how much worse it can at most be, and has the p of its own bound', () => {
    const { metrics } = testResult(guarded(0.05), latency(1000, 3), 1);
    expect(metrics.latency?.worstExcess).toBeLessThan(0);
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 5000 }), fc.double({ min: -5, max: 5, noNaN: true }), (n, by) => {
        const one = testResult(experimentOf([metric('latency', { role: 'guardrail' })]), latency(n, by), 1).metrics.latency;
        const mirrored = testResult(
          experimentOf([metric('latency', { role: 'guardrail', goal: 'increase' })]),
          latency(n, by),
          1,
        );
        // The lower bound of harm is the negative upper bound of harm in the other direction.
        expect((one?.pValueNow ?? 1) <= 0.05).toBe((mirrored.metrics.latency?.worstExcess ?? 0) <= 0);
      }),
    );
  });
});
