/** What a test shows: of each arm and metric, and of the whole. */
import type { Breakdown } from './breakdown.ts';
import type { Experiment, TestMethod } from './experiment.ts';
import type { TrailPoint } from './look-trail.ts';
import type { MetricReason, MetricResult, MetricVerdict } from './metric-result.ts';
import type { SampleRatio } from './sample-ratio-check.ts';

type ByMetric<T> = Readonly<Record<string, T>>;

export interface ArmResults {
  readonly component: string;
  /** Distinct exposed users, or observations where no user was given. */
  readonly sampleSize: number;
  readonly means: ByMetric<number | null>;
  /** Against the control; empty for the control itself. */
  readonly metrics: ByMetric<MetricResult>;
  /** Of each metric what looks have shown over time, the oldest first and this look last; empty for the control, and for a fixed horizon, which has one look. */
  readonly trails: ByMetric<readonly TrailPoint[]>;
}

/** How many units count in no arm, and why. */
export interface ExcludedUnits {
  /** Seen in two arms. */
  readonly inTwoArms: number;
  /** With values, and never given a variant while the test ran. */
  readonly unexposed: number;
}

/** With more than one treatment, `treatmentMean` and the other maps up to `metrics` are those of the first: `arms` has all of them. */
export interface TestResults {
  readonly testId: string;
  readonly phase: Experiment['phase'];
  readonly method: TestMethod;
  readonly alpha: number;
  /** By arm: distinct exposed users, or observations where no user was given. */
  readonly sampleSizes: { readonly control: number; readonly treatment: number } & Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  readonly plannedMs: number;
  readonly controlMean: ByMetric<number | null>;
  readonly treatmentMean: ByMetric<number | null>;
  readonly lift: ByMetric<number | null>;
  readonly improvement: ByMetric<number | null>;
  readonly interval: ByMetric<MetricResult['interval']>;
  readonly pValue: ByMetric<number | null>;
  readonly verdict: ByMetric<MetricVerdict>;
  readonly metrics: ByMetric<MetricResult>;
  readonly arms: Readonly<Record<string, ArmResults>>;
  /** By declared dimension and value: where the effect may differ. Hints for the next test, no findings. */
  readonly dimensions: Breakdown;
  readonly excludedUnits: ExcludedUnits;
  /** Null without exposed users; where values came without a user, a warning says that it was not asked. */
  readonly sampleRatio: SampleRatio | null;
  /** A primary metric differs and nothing speaks against believing it. */
  readonly significant: boolean;
  /** What stands against calling anything significant; null when nothing does. */
  readonly reason: MetricReason | null;
  /** The arm that won; null while not significant, and when primary metrics or treatments disagree or a guardrail is worse. */
  readonly winner: string | null;
  /** What may be concluded, in sentences: the first says it, the others why. */
  readonly conclusion: readonly string[];
  readonly warnings: readonly string[];
}
