/**
 * The two-proportion z-test (Pearson 1900; Wald 1943 for the interval), without continuity correction. For **one look at a size fixed
 * before**, with at least about five events in each arm; repeated looks need `confidenceSequence`, rare events `eventTest`.
 */
import { type Answer, finiteAnswer, noAnswer } from './answer.ts';
import { requireCount, requireProbability } from './domain.ts';
import { normalTail, normalUpperQuantile } from './normal.ts';

/** `successes` of `n` units; n is above 0. */
export interface Proportion {
  readonly n: number;
  readonly successes: number;
}

/** One way to estimate the error: z and p are null where it is 0. */
export interface ProportionTest {
  readonly standardError: number;
  readonly z: number | null;
  readonly pTwoSided: number | null;
}

export interface TwoProportionTest {
  /** Treatment minus control. */
  readonly difference: number;
  /** The error as it is if both are equal: the one to test with. */
  readonly pooled: ProportionTest;
  /** The error as measured: the one of the interval. */
  readonly unpooled: ProportionTest;
  /** z² of the pooled test, which is Pearson's chi-square. */
  readonly chiSquare: number | null;
  /** Wald's. */
  readonly interval: readonly [lower: number, upper: number];
}

/** Refused with `insufficient-data` where an arm is empty. @throws SluiceError `invalid` */
export function twoProportionTest(control: Proportion, treatment: Proportion, confidence = 0.95): Answer<TwoProportionTest> {
  requireProbability('confidence', confidence);
  for (const [name, { n, successes }] of Object.entries({ control, treatment })) {
    requireCount(`${name}/n`, n);
    requireCount(`${name}/successes`, successes);
    requireCount(`${name}/n - successes`, n - successes);
  }
  if (control.n === 0 || treatment.n === 0) return noAnswer('insufficient-data');
  const [p1, p2] = [control.successes / control.n, treatment.successes / treatment.n];
  const both = (control.successes + treatment.successes) / (control.n + treatment.n);
  const difference = p2 - p1;
  const pooled = tested(difference, Math.sqrt(both * (1 - both) * (1 / control.n + 1 / treatment.n)));
  const unpooled = tested(difference, Math.sqrt((p1 * (1 - p1)) / control.n + (p2 * (1 - p2)) / treatment.n));
  const radius = normalUpperQuantile((1 - confidence) / 2) * unpooled.standardError;
  return finiteAnswer({
    difference,
    pooled,
    unpooled,
    chiSquare: pooled.z === null ? null : pooled.z ** 2,
    interval: [difference - radius, difference + radius] as const,
  });
}

function tested(difference: number, standardError: number): ProportionTest {
  if (!(standardError > 0)) return { standardError, z: null, pTwoSided: null };
  const z = difference / standardError;
  return { standardError, z, pTwoSided: 2 * normalTail(Math.abs(z)) };
}
