import { describe, expect, it } from 'vitest';
import type { Comparison } from './compare.ts';
import { corrected } from './correction.ts';
import type { MetricResult } from './metric-result.ts';

/** A primary metric that a larger treatment is better in, judged by its p-value alone. */
function draftOf(pValue: number | null, more: Partial<MetricResult> = {}): Comparison {
  const result: MetricResult = {
    name: 'm',
    goal: 'increase',
    role: 'primary',
    aggregation: 'mean',
    unit: 'user',
    per: null,
    adjustment: null,
    test: 'confidenceSequence',
    superiority: null,
    controlUnits: 500,
    treatmentUnits: 500,
    controlMean: 1,
    treatmentMean: 2,
    difference: 1,
    interval: null,
    lift: 1,
    liftInterval: null,
    liftReason: null,
    improvement: 1,
    pValue,
    pValueNow: pValue,
    adjustedPValue: null,
    significantAt: null,
    worstExcess: null,
    isExploratory: false,
    verdict: 'noDifference',
    reason: null,
    ...more,
  };
  return { result, look: { p: pValue ?? 1, rises: true, significantAt: null } };
}
const verdicts = (...drafts: Comparison[]): string[] => corrected(drafts, 9).map(({ result }) => result.verdict);

describe('corrected', () => {
  it('finds a difference at the level and not above, in the direction of the goal', () => {
    expect(verdicts(draftOf(0.05))).toEqual(['better']);
    expect(verdicts(draftOf(0.050_001))).toEqual(['noDifference']);
    expect(verdicts(draftOf(0.01, { goal: 'decrease' }))).toEqual(['worse']);
  });

  it('takes a p-value that is no number, or none, for no proof', () => {
    expect(verdicts(draftOf(Number.NaN))).toEqual(['noDifference']);
    expect(verdicts(draftOf(Number.NaN, { role: 'guardrail' }))).toEqual(['noDifference']);
    expect(verdicts(draftOf(null, { role: 'secondary' }))).toEqual(['noDifference']);
  });

  it('never calls different what is judged in another way already', () => {
    expect(verdicts(draftOf(0.000_1, { verdict: 'insufficientData' }))).toEqual(['insufficientData']);
  });

  it('corrects primary metrics together, secondary ones more mildly and guardrails not', () => {
    const secondary = (p: number) => draftOf(p, { role: 'secondary' });
    expect(verdicts(draftOf(0.03), draftOf(0.04), secondary(0.04))).toEqual(['noDifference', 'noDifference', 'better']);
    expect(verdicts(secondary(0.03), secondary(0.04))).toEqual(['better', 'better']);
    expect(verdicts(secondary(0.03), secondary(0.2))).toEqual(['noDifference', 'noDifference']);
    expect(verdicts(draftOf(0.04, { role: 'guardrail' }), draftOf(0.04, { role: 'guardrail' }))).toEqual(['worse', 'worse']);
  });

  it('keeps when it was found, and finds it then', () => {
    const [found] = corrected([draftOf(0.01)], 9);
    expect([found?.result.significantAt, found?.look.significantAt]).toEqual([9, 9]);
    const [kept] = corrected([{ ...draftOf(0.2), look: { p: 0.2, rises: true, significantAt: 3 } }], 9);
    expect([kept?.result.verdict, kept?.result.significantAt]).toEqual(['better', 3]);
  });
});
