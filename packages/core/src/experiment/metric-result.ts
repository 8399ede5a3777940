/** What a test has shown of one metric. */

import type { Aggregation, FixedTest, MetricRole, TrackedMetric } from './experiment.ts';

/**
 * `better` and `worse`: it differs, and in this direction. `notWorse`: a guardrail is shown to stay within its margin. `noDifference`: none is shown
 * (which does not mean that there is none). `undefined`: the numbers allow no judgement, see the reason.
 */
export type MetricVerdict = 'better' | 'worse' | 'notWorse' | 'noDifference' | 'insufficientData' | 'undefined';

export type MetricReason =
  /** Fewer than 100 units in an arm. */
  | 'insufficient-data'
  /** Every value is the same within each arm. */
  | 'zero-variance'
  /** The values are too large or too small for a double. */
  | 'out-of-range'
  /** What a ratio is divided by is 0 for a whole arm. */
  | 'zero-denominator'
  /** The difference stands; a relative change of this control says nothing. */
  | 'control-mean-near-zero'
  /** Units did not fall into the arms as configured, so that nothing can be compared. */
  | 'sample-ratio-mismatch'
  /** One look at the planned end was declared, and it has not come. */
  | 'before-planned-end'
  /** Values other than 0 and 1 are no proportion. */
  | 'not-binary'
  /** More than 100 000, whose values are not read to be ranked. */
  | 'too-many-units'
  /** Ranks were compared, so that nothing is known of how sure the change of the means is. */
  | 'compared-by-ranks';

/** `confidenceSequence` holds at every look, the others at one. */
export type UsedTest = FixedTest | 'confidenceSequence';

export type Interval = readonly [lower: number, upper: number];

/** What was taken out of a comparison because it was there before the test (CUPED). */
export interface Adjustment {
  /** How much of the covariate was taken out of each value. */
  readonly theta: number;
  /** 0 to 1: the part of the difference's variance that went. */
  readonly varianceReduction: number;
  readonly unadjustedDifference: number;
  /** Units of both arms without values from before; the mean of the others' stands in for theirs. */
  readonly imputedUnits: number;
}

/** Numbers are null where they are not defined, never NaN or infinite. */
export interface MetricResult {
  readonly name: string;
  readonly role: MetricRole;
  readonly goal: TrackedMetric['goal'];
  readonly aggregation: Aggregation;
  readonly unit: 'user' | 'observation';
  /** The metric that it is divided by: then means are of ratios. */
  readonly per: string | null;
  /** Null where the comparison is of the values as they are. Means are always as measured; difference, interval, lift and p are adjusted. */
  readonly adjustment: Adjustment | null;
  readonly controlUnits: number;
  readonly treatmentUnits: number;
  readonly controlMean: number | null;
  readonly treatmentMean: number | null;
  /** By what it is judged. */
  readonly test: UsedTest;
  /** Of Mann and Whitney's test: how often a unit of the treatment has a larger value than one of the control, ties counting half. */
  readonly superiority: number | null;
  /** Treatment minus control, with its 95 % interval, which holds at every look unless the test is of a fixed horizon. */
  readonly difference: number | null;
  readonly interval: Interval | null;
  /** Raw relative change, a fraction of the control's mean, with its interval. */
  readonly lift: number | null;
  readonly liftInterval: Interval | null;
  /** Why lift or its interval is missing; null when both are there. */
  readonly liftReason: MetricReason | null;
  /** Like lift, but positive when better. */
  readonly improvement: number | null;
  /** The smallest of all looks: it never rises. Of a guardrail for being worse than its margin allows. */
  readonly pValue: number | null;
  /** Of this look alone. */
  readonly pValueNow: number | null;
  /** After Holm's correction over the primary metrics of all arms; after Benjamini and Hochberg's over the secondary ones; of a guardrail as it is. */
  readonly adjustedPValue: number | null;
  /** When it was first found better or worse, milliseconds since 1970; that stays. */
  readonly significantAt: number | null;
  /** Of a guardrail: by how much it is at most worse than its margin allows, in the metric's unit; at 0 or below it is within. */
  readonly worstExcess: number | null;
  /** Found in a secondary metric: a hint for the next test. */
  readonly isExploratory: boolean;
  readonly verdict: MetricVerdict;
  readonly reason: MetricReason | null;
}
