/** What processes report to the ledger: what happened to units, and observations without one, coalesced since the last flush. */
import type { Moments } from '../analysis/moments.ts';
import type { Aggregation } from './experiment.ts';

/** How the values of a metric become those that count of a unit. */
export interface MetricRules {
  readonly aggregation: Aggregation;
  /** The most that the unit's one value may be; absent is no cap. */
  readonly cap?: number;
  /** Values from before the exposure are the unit's covariate. */
  readonly covariate?: true;
  /** The metric that this one is divided by. */
  readonly per?: string;
  /** Only values from so many milliseconds after the exposure count. */
  readonly windowMs?: number;
}

/** Values of one metric for one unit, coalesced. `from` is the instant of the earliest of them. */
export interface MetricDelta extends MetricRules {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly from: number;
  /** The instant of the latest of them, where the rules need it; absent is `from`. */
  readonly until?: number;
}

/** What happened to one unit since the last flush. A subject is a test or one stage of a rollout. */
export interface UnitDelta {
  readonly subject: string;
  /** The unit's 64-bit key hash, 16 lower-case hexadecimal digits. */
  readonly unit: string;
  readonly arm: string;
  /** Null when the unit was not seen exposed; values from an earlier millisecond never count, those of the same one do. */
  readonly firstExposureAt: number | null;
  /** What it was like at that exposure, by dimension; absent where the test declares none. */
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, MetricDelta>>;
}

/** Observations without a unit go straight into their arm's moments. */
export interface ObservationDelta {
  readonly subject: string;
  readonly arm: string;
  readonly metrics: Readonly<Record<string, Moments>>;
}

/** Both reports as one, by the rules of the first. */
export function joinedDeltas(a: MetricDelta | undefined, b: MetricDelta): MetricDelta {
  if (a === undefined) return b;
  const until = Math.max(a.until ?? a.from, b.until ?? b.from);
  return {
    ...a,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    from: Math.min(a.from, b.from),
    ...(a.until === undefined && b.until === undefined ? {} : { until }),
  };
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
