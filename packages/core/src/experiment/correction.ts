/** What is called a difference where there are several chances to find one. */
import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts';
import { holm } from '../statistics/holm.ts';
import { ALPHA } from './analysis-plan.ts';
import type { Comparison } from './compare.ts';
import type { MetricRole } from './experiment.ts';
import type { MetricResult } from './metric-result.ts';

/**
 * Primary metrics of all arms are corrected together by Holm's method, secondary ones by Benjamini and Hochberg's, guardrails not at all. A comparison
 * without a p counts as one of 1, so that no adjusted p rises when it gets one. What was found once stays found.
 */
export function corrected<Draft extends Comparison>(drafts: readonly Draft[], now: number): Draft[] {
  const adjusted = new Map<Draft, number>();
  const adjust = (role: MetricRole, method: (pValues: readonly number[]) => number[]): void => {
    const family = drafts.filter(({ result }) => result.role === role);
    const values = method(family.map(({ result }) => proof(result)));
    for (const [index, draft] of family.entries()) adjusted.set(draft, values[index] ?? 1);
  };
  adjust('primary', holm);
  adjust('secondary', benjaminiHochberg);
  adjust('guardrail', (pValues) => [...pValues]);
  return drafts.map((draft) => settled(draft, draft.result.pValue === null ? null : (adjusted.get(draft) ?? 1), now));
}

/** One family whatever the role, by Benjamini and Hochberg's method; when it was found is not noted. */
export function correctedTogether<Draft extends Comparison>(drafts: readonly Draft[]): Draft[] {
  const adjusted = benjaminiHochberg(drafts.map(({ result }) => proof(result)));
  return drafts.map((draft, index) => {
    const done = settled(draft, draft.result.pValue === null ? null : (adjusted[index] ?? 1), 0);
    return { ...done, result: { ...done.result, significantAt: null } };
  });
}

/** A p-value that is no number proves nothing. */
function proof({ pValue }: MetricResult): number {
  return pValue !== null && pValue >= 0 && pValue <= 1 ? pValue : 1;
}

function settled<Draft extends Comparison>(draft: Draft, adjustedPValue: number | null, now: number): Draft {
  const { look } = draft;
  const result: MetricResult = { ...draft.result, adjustedPValue };
  const isOpen = result.verdict === 'noDifference' || result.verdict === 'notWorse';
  const isFound = look.significantAt !== null || (adjustedPValue !== null && adjustedPValue <= ALPHA);
  if (!isOpen || !isFound) return { ...draft, result };
  const isBetter = look.rises === (result.goal === 'increase');
  const significantAt = look.significantAt ?? now;
  const verdict = result.role !== 'guardrail' && isBetter ? 'better' : 'worse';
  return { ...draft, look: { ...look, significantAt }, result: { ...result, verdict, significantAt } };
}
