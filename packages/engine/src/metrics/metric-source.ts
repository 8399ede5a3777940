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

/** What is counted: errors of `errorRate`, or values of a quantile's metric above `slowerThan`. */
export interface EventQuery {
  readonly metric: MetricQuery;
  readonly slowerThan: number | null;
}

/** Whole numbers of requests and of the events among them, or why there are none. */
export type EventCount =
  | { readonly kind: 'counts'; readonly requests: number; readonly events: number }
  | Exclude<Measurement, { kind: 'value' }>;

export interface MetricSource {
  /** Answers with a measurement also when it cannot measure; it neither throws nor rejects. */
  measure(query: MetricQuery, range: MeasuredRange): Measurement | Promise<Measurement>;
  /** What a comparison with the control needs where units are not known, from `from` up to `to`; absent where only figures are to be had. */
  countEvents?(query: EventQuery, range: MeasuredRange): EventCount | Promise<EventCount>;
  /** How far apart, in milliseconds, the instants are that it counts between; a minute unless given. */
  readonly countEveryMs?: number;
}
