/** What a test has shown so far. The seam behind which the statistical method stands. */
import { meanOf } from '../analysis/moments.ts';
import type { Flag } from '../flag/flag.ts';
import { ALPHA, compareArms, corrected, type MeasuredMetric, MIN_UNITS_PER_ARM, momentsOf } from './compare.ts';
import type { Experiment, TrackedMetric } from './experiment.ts';
import { armTotals, type MetricTotals, ownEntry, type SubjectTotals } from './ledger.ts';
import { trackedMetric } from './metric.ts';
import type { MetricResult, MetricVerdict } from './metric-result.ts';
import { warningsOf } from './warnings.ts';
import { judgeArms } from './winner.ts';

type ByMetric<T> = Readonly<Record<string, T>>;

export interface ArmResults {
  readonly component: string;
  /** Distinct exposed users, or observations where no user was given. */
  readonly sampleSize: number;
  readonly means: ByMetric<number | null>;
  /** Against the control; empty for the control itself. */
  readonly metrics: ByMetric<MetricResult>;
}

/** With more than one treatment, `treatmentMean` and the other maps up to `metrics` are those of the first: `arms` has all of them. */
export interface TestResults {
  readonly testId: string;
  readonly phase: Experiment['phase'];
  readonly method: 'welch';
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
  /** A primary metric differs and nothing speaks against believing it. */
  readonly significant: boolean;
  /** The arm that won; null while not significant, and when primary metrics or treatments disagree or a guardrail is worse. */
  readonly winner: string | null;
  readonly warnings: readonly string[];
}

/**
 * Reading takes the same time after a thousand units and after a million. `flag` is the test's flag as it is now, null if unknown; `advice`
 * goes among the warnings.
 */
export function testResult(
  experiment: Experiment,
  totals: SubjectTotals,
  now: number,
  flag: Flag | null = null,
  advice: readonly string[] = [],
): TestResults {
  const [control, ...treatments] = experiment.arms.map((arm) => arm.variant) as [string, ...string[]];
  const measured = measuredMetrics(experiment, totals);
  const drafts = treatments.flatMap((variant) =>
    measured.map((metric) => ({ variant, result: compareArms(metric, totals, control, variant) })),
  );
  const compared = corrected(drafts);
  const judged = treatments.map((variant) => ({
    variant,
    metrics: compared.filter((one) => one.variant === variant).map(({ result }) => result),
  }));
  const { warnings, ...verdict } = judgeArms(control, judged);
  const sizes = Object.fromEntries(experiment.arms.map(({ variant }) => [variant, sizeOf(totals, variant)]));
  const elapsedMs = experiment.startedAt === null ? 0 : (experiment.stoppedAt ?? now) - experiment.startedAt;
  const arms = experiment.arms.map(({ variant, component }): [string, ArmResults] => {
    const metrics = judged.find((arm) => arm.variant === variant)?.metrics ?? [];
    const means = measured.map((metric) => [metric.tracked.name, meanIn(metric, totals, variant)] as const);
    return [
      variant,
      { component, sampleSize: sizes[variant] ?? 0, means: Object.fromEntries(means), metrics: byName(metrics, (one) => one) },
    ];
  });
  return {
    testId: experiment.key,
    phase: experiment.phase,
    method: 'welch',
    alpha: ALPHA,
    sampleSizes: sizes as TestResults['sampleSizes'],
    elapsedMs,
    plannedMs: experiment.durationMs,
    ...mapsOf(judged[0]?.metrics ?? []),
    arms: Object.fromEntries(arms),
    ...verdict,
    warnings: [
      ...warningsOf({
        experiment,
        totals,
        metrics: compared.map(({ result }) => result),
        sampleSizes: sizes,
        elapsedMs,
        minUnits: MIN_UNITS_PER_ARM,
        flag,
        advice,
      }),
      ...warnings,
    ],
  };
}

function byName<T>(metrics: readonly MetricResult[], read: (metric: MetricResult) => T): ByMetric<T> {
  return Object.fromEntries(metrics.map((metric) => [metric.name, read(metric)]));
}

type Maps = 'controlMean' | 'treatmentMean' | 'lift' | 'improvement' | 'interval' | 'pValue' | 'verdict' | 'metrics';

function mapsOf(metrics: readonly MetricResult[]): Pick<TestResults, Maps> {
  return {
    controlMean: byName(metrics, (metric) => metric.controlMean),
    treatmentMean: byName(metrics, (metric) => metric.treatmentMean),
    lift: byName(metrics, (metric) => metric.lift),
    improvement: byName(metrics, (metric) => metric.improvement),
    interval: byName(metrics, (metric) => metric.interval),
    pValue: byName(metrics, (metric) => metric.pValue),
    verdict: byName(metrics, (metric) => metric.verdict),
    metrics: byName(metrics, (metric) => metric),
  };
}

function meanIn(metric: MeasuredMetric, totals: SubjectTotals, arm: string): number | null {
  const moments = momentsOf(metric, totals, arm);
  const mean = moments === null ? null : meanOf(moments);
  return mean !== null && Number.isFinite(mean) ? mean : null;
}

function sizeOf(totals: SubjectTotals, arm: string): number {
  const { exposed, metrics } = armTotals(totals, arm);
  return exposed > 0 ? exposed : Math.max(0, ...Object.values(metrics).map((moments) => moments.n));
}

/** Those that were recorded, and the declared ones of which nothing was: no purchases at all are a finding too. */
function measuredMetrics(experiment: Experiment, totals: SubjectTotals): MeasuredMetric[] {
  const found = Object.entries(totals.metrics).map(([name, metric]) => ({
    tracked: declared(experiment, name, metric),
    found: metric,
  }));
  const silent = experiment.trackedMetrics
    .filter((tracked) => ownEntry(totals.metrics, tracked.name) === undefined)
    .map((tracked) => ({ tracked, found: undefined }));
  return [...found, ...silent];
}

/** A declared metric is as declared. One that was found is primary if it came early, unless others were declared. */
function declared(experiment: Experiment, name: string, found: MetricTotals): TrackedMetric {
  const tracked = experiment.trackedMetrics.find((metric) => metric.name === name);
  if (tracked !== undefined) return tracked;
  return { ...trackedMetric(name), role: experiment.trackedMetrics.length > 0 ? 'secondary' : found.foundRole };
}
