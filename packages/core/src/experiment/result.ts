/** What a test has shown so far. The seam behind which the statistical method stands. */
import { meanOf } from '../analysis/moments.ts';
import type { Flag } from '../flag/flag.ts';
import { jsonEqual } from '../json.ts';
import { ALPHA, analysisPlan } from './analysis-plan.ts';
import { breakdownOf } from './breakdown.ts';
import { type Comparison, compareArms } from './compare.ts';
import { concluded } from './conclusion.ts';
import { corrected } from './correction.ts';
import { distrusted } from './distrust.ts';
import type { Experiment } from './experiment.ts';
import { armTotals, type SubjectTotals } from './ledger.ts';
import { trailPoint, trailUntil } from './look-trail.ts';
import { type Look, type Looks, mergeLooks } from './looks.ts';
import { type MeasuredMetric, momentsOf } from './measured-metric.ts';
import { measuredMetrics } from './measured-metrics.ts';
import type { MetricReason, MetricResult } from './metric-result.ts';
import { ownEntry } from './own-entry.ts';
import { type SampleRatio, sampleRatioOf } from './sample-ratio-check.ts';
import type { ArmResults, TestResults } from './test-results.ts';
import type { UnitValues } from './unit-values.ts';
import { warningsOf } from './warnings.ts';
import { judgeArms } from './winner.ts';

type ByMetric<T> = Readonly<Record<string, T>>;

export interface TestLook {
  readonly results: TestResults;
  /** All looks up to this one; null when it adds nothing to them. They are to be kept before the results are shown. */
  readonly looks: Looks | null;
}

/**
 * Reading takes the same time after a thousand units and after a million. `flag` is the test's flag as it is now, null if unknown; `advice`
 * goes among the warnings. `values` are those of the metrics that `rankedMetrics` names, null where there are too many.
 */
export function lookAtTest(
  experiment: Experiment,
  totals: SubjectTotals,
  now: number,
  flag: Flag | null = null,
  advice: readonly string[] = [],
  values: ByMetric<UnitValues | null> = {},
): TestLook {
  const measured = measuredMetrics(experiment, totals);
  const ratio = sampleRatioOf(experiment, totals);
  const compared = comparisons(experiment, measured, totals, { now, values }).map((one) =>
    ratio?.isMismatch ? distrusted(one) : one,
  );
  const { metrics, ...judgement } = judgedArms(experiment, compared);
  const sizes = Object.fromEntries(experiment.arms.map(({ variant }) => [variant, sizeOf(totals, variant)]));
  const elapsedMs = experiment.startedAt === null ? 0 : (experiment.stoppedAt ?? now) - experiment.startedAt;
  const all = compared.map(({ result }) => result);
  const facts = { experiment, totals, metrics: all, sampleSizes: sizes, ratio, flag, advice };
  const results: Omit<TestResults, 'conclusion'> = {
    testId: experiment.key,
    phase: experiment.phase,
    method: experiment.method,
    alpha: ALPHA,
    sampleSizes: sizes as TestResults['sampleSizes'],
    elapsedMs,
    plannedMs: experiment.durationMs,
    ...mapsOf(metrics[0]?.metrics ?? []),
    arms: armResults(experiment, measured, totals, { judged: metrics, compared, now }),
    dimensions: breakdownOf(experiment, measured, totals, ratio?.isMismatch === true),
    excludedUnits: { inTwoArms: totals.contaminatedUnits, unexposed: totals.unexposedUnits },
    sampleRatio: ratio,
    ...judgement,
    reason: ratio?.isMismatch ? 'sample-ratio-mismatch' : reasonOf(all),
    warnings: [...warningsOf(facts), ...judgement.warnings],
  };
  const looks = addedLooks(totals.looks, experiment.method === 'sequence' ? compared : [], ratio, now);
  return { results: { ...results, conclusion: concluded(experiment, results) }, looks };
}

/** What `lookAtTest` shows. */
export function testResult(...facts: Parameters<typeof lookAtTest>): TestResults {
  return lookAtTest(...facts).results;
}

interface ArmComparison extends Comparison {
  readonly variant: string;
}

function comparisons(
  experiment: Experiment,
  measured: readonly MeasuredMetric[],
  totals: SubjectTotals,
  { now, values }: { readonly now: number; readonly values: ByMetric<UnitValues | null> },
): ArmComparison[] {
  const [control, ...treatments] = experiment.arms.map((arm) => arm.variant) as [string, ...string[]];
  const plan = analysisPlan(experiment);
  const drafts = treatments.flatMap((variant) =>
    measured.map((metric) => {
      const ranked = ownEntry(values, metric.tracked.name) ?? null;
      return { variant, ...compareArms(metric, totals, [control, variant], plan, ranked) };
    }),
  );
  return corrected(drafts, now);
}

function judgedArms(experiment: Experiment, compared: readonly ArmComparison[]) {
  const [control, ...treatments] = experiment.arms.map((arm) => arm.variant) as [string, ...string[]];
  const metrics = treatments.map((variant) => ({
    variant,
    metrics: compared.filter((one) => one.variant === variant).map(({ result }) => result),
  }));
  return { metrics, ...judgeArms(control, metrics) };
}

/** Why not even one primary metric could be judged. */
function reasonOf(metrics: readonly MetricResult[]): MetricReason | null {
  const primaries = metrics.filter(({ role }) => role === 'primary');
  const isJudged = primaries.some(({ verdict }) => verdict !== 'insufficientData' && verdict !== 'undefined');
  return isJudged ? null : (primaries[0]?.reason ?? null);
}

/** A fixed horizon has one look, of which nothing is carried on. */
function addedLooks(before: Looks, compared: readonly ArmComparison[], ratio: SampleRatio | null, now: number): Looks | null {
  const noted = compared.map((one) => ({ ...one, look: withTrail(one, now) }));
  const seen = noted.filter(({ look }) => look.p < 1 || look.trail !== undefined);
  const arms = [...new Set(seen.map(({ variant }) => variant))];
  const comparisons = Object.fromEntries(
    arms.map((arm) => [
      arm,
      Object.fromEntries(seen.filter(({ variant }) => variant === arm).map(({ result, look }) => [result.name, look])),
    ]),
  );
  const after = mergeLooks(before, { comparisons, sampleRatioP: ratio?.pValue ?? 1 });
  return jsonEqual(after, before) ? null : after;
}

function withTrail({ result, look }: Comparison, now: number): Look {
  const point = trailPoint(result, now);
  return point === null ? look : { ...look, trail: [...(look.trail ?? []), point] };
}

interface ComparedNow {
  readonly judged: readonly { readonly variant: string; readonly metrics: readonly MetricResult[] }[];
  readonly compared: readonly ArmComparison[];
  readonly now: number;
}

function armResults(
  experiment: Experiment,
  measured: readonly MeasuredMetric[],
  totals: SubjectTotals,
  { judged, compared, now }: ComparedNow,
): Readonly<Record<string, ArmResults>> {
  const arms = experiment.arms.map(({ variant, component }): [string, ArmResults] => {
    const metrics = judged.find((arm) => arm.variant === variant)?.metrics ?? [];
    const means = measured.map((metric) => [metric.tracked.name, meanIn(metric, totals, variant)] as const);
    const sampleSize = sizeOf(totals, variant);
    const own = experiment.method === 'sequence' ? compared.filter((one) => one.variant === variant) : [];
    const trails = Object.fromEntries(
      own.map(({ result, look }) => [result.name, trailUntil(look.trail ?? [], trailPoint(result, now))]),
    );
    return [variant, { component, sampleSize, means: Object.fromEntries(means), metrics: byName(metrics, (one) => one), trails }];
  });
  return Object.fromEntries(arms);
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
