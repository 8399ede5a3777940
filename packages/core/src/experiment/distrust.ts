/** What a comparison is worth when units did not fall into the arms as configured. */
import type { Comparison } from './compare.ts';

/** With unlike arms a difference says nothing; and it is not noted as found, should the ratio turn out to be right. */
export function distrusted<One extends Comparison>(comparison: One): One {
  const { result, look } = comparison;
  if (result.verdict === 'insufficientData' || result.verdict === 'undefined') return comparison;
  return {
    ...comparison,
    look: { ...look, significantAt: null },
    result: { ...result, significantAt: null, verdict: 'undefined', reason: 'sample-ratio-mismatch' },
  };
}
