/** What a test has shown so far: every number with its interval, every refusal with its reason. The seam behind which the method stands. */
import { type Moments, meanOf, varianceOf, withZeros } from '../analysis/moments.ts';
import type { Flag } from '../flag/flag.ts';
import { holm } from '../statistics/holm.ts';
import { welchTest } from '../statistics/welch.ts';
import type { Experiment, TrackedMetric } from './experiment.ts';
import { armTotals, type MetricTotals, ownEntry, type SubjectTotals } from './ledger.ts';
import { CONTROL, TREATMENT } from './lifecycle.ts';
import { trackedMetric } from './metric.ts';
import type { MetricResult, MetricVerdict } from './metric-result.ts';
import { warningsOf } from './warnings.ts';

export const MIN_UNITS_PER_ARM = 100;
const ALPHA = 0.05;
/** The control's mean must be this many standard errors away from 0, or a relative change of it says nothing. */
const MIN_ERRORS_FROM_ZERO = 5;

type ByMetric<T> = Readonly<Record<string, T>>;

export interface TestResults {
  readonly testId: string;
  readonly phase: Experiment['phase'];
  readonly method: 'welch';
  readonly alpha: number;
  /** Distinct exposed users, or observations where no user was given. */
  readonly sampleSizes: { readonly control: number; readonly treatment: number };
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
  /** A primary metric differs and nothing speaks against believing it. */
  readonly significant: boolean;
  /** Null while not significant, and when primary metrics disagree. */
  readonly winner: 'control' | 'treatment' | null;
  readonly warnings: readonly string[];
}

/** Reading takes the same time after a thousand units and after a million. `flag` is the test's flag as it is now, null if unknown. */
export function testResult(experiment: Experiment, totals: SubjectTotals, now: number, flag: Flag | null = null): TestResults {
  const drafts = Object.entries(totals.metrics).map(([name, metric]) =>
    metricResult(declared(experiment, name, metric), metric, totals),
  );
  const metrics = corrected(drafts);
  const decisive = metrics.filter(
    (metric) => metric.role === 'primary' && (metric.verdict === 'better' || metric.verdict === 'worse'),
  );
  const directions = new Set(decisive.map((metric) => metric.verdict));
  const sampleSizes = { control: sizeOf(totals, CONTROL), treatment: sizeOf(totals, TREATMENT) };
  const elapsedMs = experiment.startedAt === null ? 0 : (experiment.stoppedAt ?? now) - experiment.startedAt;
  const map = <T>(read: (metric: MetricResult) => T): ByMetric<T> =>
    Object.fromEntries(metrics.map((metric) => [metric.name, read(metric)]));
  return {
    testId: experiment.key,
    phase: experiment.phase,
    method: 'welch',
    alpha: ALPHA,
    sampleSizes,
    elapsedMs,
    plannedMs: experiment.durationMs,
    controlMean: map((metric) => metric.controlMean),
    treatmentMean: map((metric) => metric.treatmentMean),
    lift: map((metric) => metric.lift),
    improvement: map((metric) => metric.improvement),
    interval: map((metric) => metric.interval),
    pValue: map((metric) => metric.pValue),
    verdict: map((metric) => metric.verdict),
    metrics: map((metric) => metric),
    significant: decisive.length > 0,
    winner: directions.size !== 1 ? null : directions.has('better') ? 'treatment' : 'control',
    warnings: warningsOf({ experiment, totals, metrics, sampleSizes, elapsedMs, minUnits: MIN_UNITS_PER_ARM, flag }),
  };
}

function sizeOf(totals: SubjectTotals, arm: string): number {
  const { exposed, metrics } = armTotals(totals, arm);
  return exposed > 0 ? exposed : Math.max(0, ...Object.values(metrics).map((moments) => moments.n));
}

/** A declared metric is as declared. One that was found is primary if it came early, unless others were declared. */
function declared(experiment: Experiment, name: string, found: MetricTotals): TrackedMetric {
  const tracked = experiment.trackedMetrics.find((metric) => metric.name === name);
  if (tracked !== undefined) return tracked;
  return { ...trackedMetric(name), role: experiment.trackedMetrics.length > 0 ? 'secondary' : found.foundRole };
}

function metricResult(tracked: TrackedMetric, found: MetricTotals, totals: SubjectTotals): MetricResult {
  const control = momentsOf(tracked, found, totals, CONTROL);
  const treatment = momentsOf(tracked, found, totals, TREATMENT);
  const base = {
    ...tracked,
    unit: found.unit,
    controlUnits: control?.n ?? 0,
    treatmentUnits: treatment?.n ?? 0,
    controlMean: control === null ? null : meanOf(control),
    treatmentMean: treatment === null ? null : meanOf(treatment),
  };
  const nothing = { difference: null, interval: null, lift: null, improvement: null, pValue: null, adjustedPValue: null };
  if (control === null || treatment === null || Math.min(control.n, treatment.n) < 2)
    return { ...base, ...nothing, verdict: 'insufficientData', reason: 'insufficient-data' };
  return { ...base, ...nothing, ...compared(tracked, control, treatment) };
}

function momentsOf(tracked: TrackedMetric, found: MetricTotals, totals: SubjectTotals, arm: string): Moments | null {
  const { exposed, metrics } = armTotals(totals, arm);
  const moments = ownEntry(metrics, tracked.name);
  const countsZeros = found.unit === 'user' && (found.aggregation === 'sum' || found.aggregation === 'count');
  const whole = moments !== undefined && countsZeros ? withZeros(moments, exposed - moments.n) : moments;
  return whole === undefined || whole.n === 0 || !Number.isFinite(whole.m2) ? null : whole;
}

function compared(
  tracked: TrackedMetric,
  control: Moments,
  treatment: Moments,
): Partial<MetricResult> & Pick<MetricResult, 'verdict' | 'reason'> {
  // In the common shift, so that the difference of two means near 1e9 keeps its digits.
  const summary = (moments: Moments) => ({ n: moments.n, mean: moments.mean, variance: varianceOf(moments) ?? 0 });
  const test = welchTest(summary(control), summary({ ...treatment, mean: treatment.mean + treatment.shift - control.shift }));
  const relative = liftOf(tracked, control, treatment);
  const isEnough = Math.min(control.n, treatment.n) >= MIN_UNITS_PER_ARM;
  if (test === null)
    return {
      ...relative,
      difference: (meanOf(treatment) ?? 0) - (meanOf(control) ?? 0),
      verdict: 'undefined',
      reason: 'zero-variance',
    };
  const measured = { ...relative, difference: test.difference, interval: test.interval, pValue: test.pTwoSided };
  if (!isEnough) return { ...measured, verdict: 'insufficientData', reason: 'insufficient-data' };
  return { ...measured, verdict: 'noDifference', reason: relative.lift === null ? 'control-mean-near-zero' : null };
}

function liftOf(tracked: TrackedMetric, control: Moments, treatment: Moments): Pick<MetricResult, 'lift' | 'improvement'> {
  const [c, t] = [meanOf(control) ?? 0, meanOf(treatment) ?? 0];
  const errorOfControl = Math.sqrt((varianceOf(control) ?? 0) / control.n);
  if (c === 0 || Math.abs(c) < MIN_ERRORS_FROM_ZERO * errorOfControl) return { lift: null, improvement: null };
  const lift = (t - c) / Math.abs(c);
  return { lift, improvement: tracked.goal === 'increase' ? lift : -lift };
}

/** Several primary metrics are several chances of a false finding; the others are judged one by one and win nothing. */
function corrected(drafts: readonly MetricResult[]): MetricResult[] {
  const primaries = drafts.filter((metric) => metric.role === 'primary' && metric.pValue !== null);
  const adjusted = holm(primaries.map((metric) => metric.pValue ?? 1));
  return drafts.map((metric) => {
    const place = primaries.indexOf(metric);
    const adjustedPValue = place < 0 ? metric.pValue : (adjusted[place] ?? 1);
    if (metric.verdict !== 'noDifference' || adjustedPValue === null || adjustedPValue > ALPHA)
      return { ...metric, adjustedPValue };
    const rises = (metric.difference ?? 0) > 0;
    return { ...metric, adjustedPValue, verdict: rises === (metric.goal === 'increase') ? 'better' : 'worse' };
  });
}
