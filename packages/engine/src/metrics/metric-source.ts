/** Where a rollout's criteria get their numbers from. */
import type { Measurement, MetricQuery } from '@sluice/core';

/** A metric source that has not answered by then could not measure. */
export const METRIC_DEADLINE_MS = 10_000;

/** What is measured: the samples of one flag and variant between two instants, milliseconds since 1970. Labels not given match all. */
export interface MeasuredRange {
  readonly flag?: string | undefined;
  readonly variant?: string | undefined;
  readonly from: number;
  readonly to: number;
}

export interface MetricSource {
  /** Answers with a measurement also when it cannot measure; it neither throws nor rejects. */
  measure(query: MetricQuery, range: MeasuredRange): Measurement | Promise<Measurement>;
}
