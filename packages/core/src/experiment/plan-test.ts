/** How many units a test needs, and so how long it takes, by the method by which it will be judged. */
import { type Issue, SluiceError } from '../error.ts';
import { shown } from '../flag/shown.ts';
import { isJsonObject } from '../json.ts';
import { isAnswer } from '../statistics/answer.ts';
import { plannedDuration } from '../statistics/plan-duration.ts';
import { detectableDifference, sampleSizeForMeans } from '../statistics/plan-means.ts';
import { sampleSizeForProportions } from '../statistics/plan-proportions.ts';
import { sequentialDetectableEffect, sequentialSampleSize } from '../statistics/plan-sequential.ts';
import { ALPHA, MIN_UNITS_PER_ARM } from './analysis-plan.ts';
import { TEST_METHODS, type TestMethod } from './experiment.ts';

/** What the primary metric is like without the change. */
export type PlannedMetric =
  /** Of values that are 0 or 1, such as whether somebody bought: how many of the units do, above 0 and below 1. */
  | { readonly kind: 'rate'; readonly baseline: number }
  /** Of a unit's value. */
  | { readonly kind: 'mean'; readonly mean: number; readonly standardDeviation: number };

export interface TestPlanSettings {
  readonly metric: PlannedMetric;
  /** The smallest relative change worth finding, as 0.05 for 5 %; not 0. */
  readonly lift: number;
  /** The chance to find it, above 0 and below 1; 0.8 unless given. */
  readonly power?: number;
  /** `sequence` unless given. */
  readonly method?: TestMethod;
  /** Of the arms, the control first; two equal ones unless given. */
  readonly weights?: readonly number[];
  /** Primary metrics, among which the chance of a false alarm is divided; 1 unless given. */
  readonly primaryMetrics?: number;
  /** Units that come new each day and may be in the test, of all arms together, before `trafficShare`. */
  readonly unitsPerDay?: number;
  /** The part of them that is in; 1 unless given. */
  readonly trafficShare?: number;
  /** For how long it shall run, for what can be found by then; needs `unitsPerDay`. */
  readonly durationDays?: number;
}

export interface TestPlan {
  /** Units of all arms together; what `plannedUnits` of the test should be. */
  readonly totalUnits: number;
  /** By arm, in the order of the weights. */
  readonly unitsByArm: readonly number[];
  /** Days until there are so many, and the same up to whole weeks; null where it is not known how many come. */
  readonly days: number | null;
  readonly plannedDays: number | null;
  /** The smallest relative change that is found with this power in `durationDays`; null where that is not known. */
  readonly detectableLift: number | null;
  /** The chance of a false alarm of one comparison. */
  readonly alpha: number;
}

/** @throws SluiceError `invalid` naming every setting that is wrong, or that so many units cannot be counted */
export function planTest(input: TestPlanSettings): TestPlan {
  const issues = planIssues(input);
  if (issues.length > 0) throw invalid(issues);
  const { power = 0.8, method = 'sequence', weights = [0.5, 0.5], primaryMetrics = 1, trafficShare = 1 } = input;
  const alpha = ALPHA / (primaryMetrics * (weights.length - 1));
  const [control = 1, ...treatments] = weights;
  const ratio = Math.min(...treatments) / control;
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const plan = { metric: input.metric, lift: input.lift, power, method, alpha, ratio };
  const found = pairSize(plan);
  // Below so many units of an arm nothing is called a difference, however large it is.
  const pair = found === null ? null : Math.max(found, (MIN_UNITS_PER_ARM * (1 + ratio)) / Math.min(1, ratio));
  if (pair === null) throw invalid([{ path: '/lift', message: `is too small to be found: ${shown(input.lift)}` }]);
  const unitsByArm = weights.map((weight) => Math.ceil((pair * weight) / (control * (1 + ratio))));
  const totalUnits = unitsByArm.reduce((sum, units) => sum + units, 0);
  const perDay = input.unitsPerDay === undefined ? null : input.unitsPerDay * trafficShare;
  const duration = perDay === null ? null : plannedDuration(totalUnits, perDay);
  const within = perDay === null || input.durationDays === undefined ? null : perDay * input.durationDays;
  return {
    totalUnits,
    unitsByArm,
    days: duration?.days ?? null,
    plannedDays: duration?.plannedDays ?? null,
    detectableLift: within === null ? null : detectable(plan, (within * control * (1 + ratio)) / whole),
    alpha,
  };
}

interface PairPlan {
  readonly metric: PlannedMetric;
  readonly lift: number;
  readonly power: number;
  readonly method: TestMethod;
  readonly alpha: number;
  /** Units of the smallest treatment per unit of the control. */
  readonly ratio: number;
}

/** Units of the control and the smallest treatment together; null beyond what can be counted. */
function pairSize({ metric, lift, power, method, alpha, ratio }: PairPlan): number | null {
  if (method === 'sequence') {
    const effect = (lift * sizeOf(metric)) / deviationOf(metric, lift, ratio);
    return tuned((optimalN) => {
      const size = sequentialSampleSize(effect, power, { alpha, optimalN }, ratio);
      return isAnswer(size) ? size.total : null;
    });
  }
  const levels = { alpha, power, ratio };
  const size =
    metric.kind === 'rate'
      ? sampleSizeForProportions(metric.baseline, metric.baseline * (1 + lift), levels)
      : sampleSizeForMeans(metric.standardDeviation, metric.mean * lift, levels);
  return isAnswer(size) ? size.control + size.treatment : null;
}

/** The sequence is tightest at the size that it was planned for, which is what is sought: a few rounds settle it. */
function tuned(sizeAt: (optimalN: number) => number | null): number | null {
  let size: number | null = 1000;
  for (let round = 0; round < 12 && size !== null; round++) {
    const next = sizeAt(Math.max(100, size));
    if (next === size) break;
    size = next;
  }
  return size;
}

function detectable({ metric, power, method, alpha, ratio }: PairPlan, pair: number): number | null {
  if (!(pair >= 2)) return null;
  const deviation = deviationOf(metric, 0, ratio);
  const difference =
    method === 'sequence'
      ? sequentialDetectableEffect(pair, power, { alpha, optimalN: Math.max(100, pair) }, ratio) * deviation
      : detectableDifference(deviation, pair / (1 + ratio), { alpha, power, ratio });
  return difference / Math.abs(sizeOf(metric));
}

function sizeOf(metric: PlannedMetric): number {
  return metric.kind === 'rate' ? metric.baseline : metric.mean;
}

/** Of a rate as if both arms had the one that lies between them, which is what the sequence's standard error is at least. */
function deviationOf(metric: PlannedMetric, lift: number, ratio: number): number {
  if (metric.kind === 'mean') return metric.standardDeviation;
  const both = (metric.baseline * (1 + ratio * (1 + lift))) / (1 + ratio);
  return Math.sqrt(both * (1 - both));
}

function invalid(issues: readonly Issue[]): SluiceError {
  return new SluiceError('invalid', issues.map(({ path, message }) => `${path} ${message}`).join('; '), { issues });
}

const isAbove = (value: unknown, least: number): boolean => typeof value === 'number' && value > least && Number.isFinite(value);
const isBetween = (value: unknown): boolean => isAbove(value, 0) && (value as number) < 1;

function planIssues(input: TestPlanSettings): Issue[] {
  if (!isJsonObject(input)) return [{ path: '', message: 'must be an object such as { metric, lift }' }];
  const { lift, power, method, weights, primaryMetrics, unitsPerDay, trafficShare, durationDays } = input;
  const issues: Issue[] = [];
  const need = (path: string, value: unknown, isRight: boolean, right: string): void => {
    if (value !== undefined && !isRight) issues.push({ path, message: `must be ${right}; it is ${shown(value)}` });
  };
  if (!Number.isFinite(lift) || lift === 0)
    issues.push({ path: '/lift', message: `must be a relative change such as 0.05, not 0; it is ${shown(lift)}` });
  need('/power', power, isBetween(power), 'above 0 and below 1');
  need('/method', method, (TEST_METHODS as readonly unknown[]).includes(method), `one of ${TEST_METHODS.join(', ')}`);
  const areWeights = Array.isArray(weights) && weights.length > 1 && weights.every((weight) => isAbove(weight, 0));
  need('/weights', weights, areWeights, 'a list of two or more numbers above 0');
  const isCount = Number.isSafeInteger(primaryMetrics) && Number(primaryMetrics) > 0;
  need('/primaryMetrics', primaryMetrics, isCount, 'a whole number above 0');
  need('/unitsPerDay', unitsPerDay, isAbove(unitsPerDay, 0), 'a number above 0');
  need('/trafficShare', trafficShare, isAbove(trafficShare, 0) && Number(trafficShare) <= 1, 'above 0 and at most 1');
  need('/durationDays', durationDays, isAbove(durationDays, 0), 'a number above 0');
  return [...issues, ...metricIssues(input.metric, lift)];
}

function metricIssues(metric: unknown, lift: number): Issue[] {
  if (isJsonObject(metric) && metric.kind === 'rate') {
    const { baseline } = metric;
    if (!isBetween(baseline))
      return [{ path: '/metric/baseline', message: `must be above 0 and below 1; it is ${shown(baseline)}` }];
    const changed = Number(baseline) * (1 + lift);
    return Number.isFinite(lift) && !(changed > 0 && changed < 1)
      ? [{ path: '/lift', message: `makes the rate ${shown(changed)}, which is none; it is ${shown(lift)}` }]
      : [];
  }
  if (!isJsonObject(metric) || metric.kind !== 'mean')
    return [
      {
        path: '/metric',
        message: `must be { kind: "rate", baseline } or { kind: "mean", mean, standardDeviation }; it is ${shown(metric)}`,
      },
    ];
  const { mean, standardDeviation } = metric;
  return [
    ...(Number.isFinite(mean) && mean !== 0
      ? []
      : [{ path: '/metric/mean', message: `must be a finite number, not 0; it is ${shown(mean)}` }]),
    ...(isAbove(standardDeviation, 0)
      ? []
      : [{ path: '/metric/standardDeviation', message: `must be a finite number above 0; it is ${shown(standardDeviation)}` }]),
  ];
}
