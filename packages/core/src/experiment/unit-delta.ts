/** What processes report to the ledger: what happened to units, and observations without one, coalesced since the last flush. */
import type { Moments } from '../analysis/moments.ts';
import type { Aggregation } from './experiment.ts';

/** Values of one metric for one unit, coalesced. `from` is the instant of the earliest of them. */
export interface MetricDelta {
  readonly aggregation: Aggregation;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly from: number;
  /** The most that the unit's one value may be; absent is no cap. */
  readonly cap?: number;
}

/** What happened to one unit since the last flush. A subject is a test or one stage of a rollout. */
export interface UnitDelta {
  readonly subject: string;
  /** The unit's 64-bit key hash, 16 lower-case hexadecimal digits. */
  readonly unit: string;
  readonly arm: string;
  /** Null when the unit was not seen exposed; values from before the exposure never count. */
  readonly firstExposureAt: number | null;
  readonly metrics: Readonly<Record<string, MetricDelta>>;
}

/** Observations without a unit go straight into their arm's moments. */
export interface ObservationDelta {
  readonly subject: string;
  readonly arm: string;
  readonly metrics: Readonly<Record<string, Moments>>;
}

/** The one value that a unit's values become, at the most its cap: one extreme unit then cannot hide what the others did (winsorising). */
export function unitValue(values: MetricDelta): number {
  const value = aggregated(values);
  return values.cap === undefined ? value : Math.min(value, values.cap);
}

function aggregated(values: MetricDelta): number {
  switch (values.aggregation) {
    case 'mean':
      return values.sum / values.count;
    case 'sum':
      return values.sum;
    case 'count':
      return values.count;
    case 'max':
      return values.max;
  }
}
