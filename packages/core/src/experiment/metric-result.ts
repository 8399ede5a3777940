/** What a test has shown of one metric. */
import type { Aggregation, MetricRole, TrackedMetric } from './experiment.ts';

export type MetricVerdict = 'better' | 'worse' | 'noDifference' | 'insufficientData' | 'undefined';

/** Numbers are null where they are not defined, never NaN or infinite. */
export interface MetricResult {
  readonly name: string;
  readonly role: MetricRole;
  readonly goal: TrackedMetric['goal'];
  readonly aggregation: Aggregation;
  readonly unit: 'user' | 'observation';
  readonly controlUnits: number;
  readonly treatmentUnits: number;
  readonly controlMean: number | null;
  readonly treatmentMean: number | null;
  /** Treatment minus control, with its 95 % interval. */
  readonly difference: number | null;
  readonly interval: readonly [lower: number, upper: number] | null;
  /** Raw relative change, a fraction of the control's mean. */
  readonly lift: number | null;
  /** Like lift, but positive when better. */
  readonly improvement: number | null;
  readonly pValue: number | null;
  /** Among several primary metrics, after Holm's correction. */
  readonly adjustedPValue: number | null;
  readonly verdict: MetricVerdict;
  readonly reason: 'insufficient-data' | 'zero-variance' | 'out-of-range' | 'control-mean-near-zero' | null;
}
