import { describe, expect, it } from 'vitest';
import { corrected } from './compare.ts';
import type { MetricResult } from './metric-result.ts';

/** A primary metric that a larger treatment is better in, judged by its p-value alone. */
function draftOf(pValue: number | null, more: Partial<MetricResult> = {}): { readonly result: MetricResult } {
  const result: MetricResult = {
    name: 'm',
    goal: 'increase',
    role: 'primary',
    aggregation: 'mean',
    unit: 'user',
    controlUnits: 500,
    treatmentUnits: 500,
    controlMean: 1,
    treatmentMean: 2,
    difference: 1,
    interval: null,
    lift: 1,
    improvement: 1,
    pValue,
    adjustedPValue: null,
    verdict: 'noDifference',
    reason: null,
    ...more,
  };
  return { result };
}
const verdicts = (...drafts: { readonly result: MetricResult }[]): string[] =>
  corrected(drafts).map(({ result }) => result.verdict);

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

  it('corrects primary metrics together and the others one by one', () => {
    expect(verdicts(draftOf(0.03), draftOf(0.04), draftOf(0.04, { role: 'secondary' }))).toEqual([
      'noDifference',
      'noDifference',
      'better',
    ]);
  });
});
