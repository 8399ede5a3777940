/**
 * The Mann–Whitney U test with ties (Mann, Whitney 1947; the variance with ties: Lehmann 1975, eq. 1.35): whether values of one arm tend to be
 * larger, whatever their distribution. By the normal approximation; for **one look at a size fixed before**. It does not compare means.
 */
import { type Answer, noAnswer } from './answer.ts';
import { requireFinite } from './domain.ts';
import { normalTail } from './normal.ts';

export interface MannWhitneyTest {
  /** Pairs in which the treatment's value is larger, ties counting half. */
  readonly u: number;
  readonly sigma: number;
  /** P(treatment > control) + ½ P(equal). */
  readonly probabilityOfSuperiority: number;
  /** Null where every value is the same. */
  readonly pTwoSided: number | null;
  /** With the correction for continuity: the careful one for small samples. */
  readonly pTwoSidedWithContinuity: number | null;
}

/** Refused with `insufficient-data` where an arm is empty. O(n log n). @throws SluiceError `invalid` for a value that is not finite */
export function mannWhitneyTest(control: readonly number[], treatment: readonly number[]): Answer<MannWhitneyTest> {
  const [c, t] = [control.length, treatment.length];
  if (c === 0 || t === 0) return noAnswer('insufficient-data');
  const { rankSum, ties } = ranked(control, treatment);
  const total = c + t;
  const u = rankSum - (t * (t + 1)) / 2;
  const sigma = Math.sqrt(((c * t) / 12) * (total + 1 - ties / (total * (total - 1))));
  const away = Math.abs(u - (c * t) / 2);
  const isDefined = sigma > 0;
  return {
    u,
    sigma,
    probabilityOfSuperiority: u / (c * t),
    pTwoSided: isDefined ? 2 * normalTail(away / sigma) : null,
    pTwoSidedWithContinuity: isDefined ? 2 * normalTail(Math.max(0, away - 0.5) / sigma) : null,
  };
}

/** The treatment's sum of midranks, and Σ t³ − t over groups of equal values. */
function ranked(control: readonly number[], treatment: readonly number[]): { rankSum: number; ties: number } {
  const all = [
    ...control.map((value) => ({ value, isTreatment: false })),
    ...treatment.map((value) => ({ value, isTreatment: true })),
  ];
  for (const { value } of all) requireFinite('value', value);
  all.sort((a, b) => a.value - b.value);
  let [rankSum, ties] = [0, 0];
  for (let start = 0; start < all.length; ) {
    let end = start;
    let treated = 0;
    for (; end < all.length && all[end]?.value === all[start]?.value; end++) treated += Number(all[end]?.isTreatment);
    const size = end - start;
    rankSum += treated * ((start + 1 + end) / 2);
    ties += size ** 3 - size;
    start = end;
  }
  return { rankSum, ties };
}
