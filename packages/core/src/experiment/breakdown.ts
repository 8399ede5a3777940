/** The comparisons of a test once more among units of one value of a dimension. */
import { analysisPlan } from './analysis-plan.ts';
import { compareArms } from './compare.ts';
import { correctedTogether } from './correction.ts';
import { distrusted } from './distrust.ts';
import type { Experiment } from './experiment.ts';
import { armTotals, type SubjectTotals } from './ledger.ts';
import { NO_LOOKS } from './looks.ts';
import type { MeasuredMetric } from './measured-metric.ts';
import type { MetricResult } from './metric-result.ts';
import { ownEntry } from './own-entry.ts';

export interface DimensionValueResults {
  /** Distinct exposed users by arm. */
  readonly sampleSizes: Readonly<Record<string, number>>;
  /** By treatment and metric, against the control. All of it is exploratory. */
  readonly arms: Readonly<Record<string, Readonly<Record<string, MetricResult>>>>;
}

/** By dimension and value. */
export type Breakdown = Readonly<Record<string, Readonly<Record<string, DimensionValueResults>>>>;

/**
 * Corrected by Benjamini and Hochberg's method over all values, metrics and arms of a dimension. What earlier looks have shown is not kept: each
 * number is of this look.
 */
export function breakdownOf(
  experiment: Experiment,
  measured: readonly MeasuredMetric[],
  totals: SubjectTotals,
  isMismatch: boolean,
): Breakdown {
  const dimensions = experiment.dimensions.map((dimension) => {
    const values = Object.entries(ownEntry(totals.dimensions ?? {}, dimension) ?? {});
    const parts = values.map(([value, arms]) => ({ value, totals: { ...totals, arms, looks: NO_LOOKS } }));
    const drafts = parts.flatMap((part) => comparisonsIn(experiment, measured, part));
    const compared = correctedTogether(drafts).map((one) => (isMismatch ? distrusted(one) : one));
    const results = parts.map(({ value, totals }) => {
      const own = compared.filter((one) => one.value === value);
      return [value, { sampleSizes: sizesOf(experiment, totals), arms: byArm(experiment, own) }] as const;
    });
    return [dimension, Object.fromEntries(results)] as const;
  });
  return Object.fromEntries(dimensions);
}

interface Part {
  readonly value: string;
  readonly totals: SubjectTotals;
}

function comparisonsIn(experiment: Experiment, measured: readonly MeasuredMetric[], { value, totals }: Part) {
  const [control, ...treatments] = experiment.arms.map((arm) => arm.variant) as [string, ...string[]];
  const plan = analysisPlan(experiment);
  return treatments.flatMap((variant) =>
    measured
      .filter(({ found }) => found?.unit !== 'observation')
      .map((metric) => {
        const { result, look } = compareArms(byMoments(metric), totals, [control, variant], plan);
        return { value, variant, look, result: { ...result, isExploratory: true } };
      }),
  );
}

/** Values of units are not read by dimension: there Mann and Whitney's test gives way to Welch's, and the result says so. */
function byMoments(metric: MeasuredMetric): MeasuredMetric {
  const { test, ...tracked } = metric.tracked;
  return test === 'mannWhitney' ? { ...metric, tracked } : metric;
}

function sizesOf({ arms }: Experiment, totals: SubjectTotals): Readonly<Record<string, number>> {
  return Object.fromEntries(arms.map(({ variant }) => [variant, armTotals(totals, variant).exposed]));
}

function byArm({ arms }: Experiment, compared: readonly { readonly variant: string; readonly result: MetricResult }[]) {
  const treatments = arms.slice(1).map(({ variant }) => {
    const results = compared.filter((one) => one.variant === variant).map(({ result }) => [result.name, result] as const);
    return [variant, Object.fromEntries(results)] as const;
  });
  return Object.fromEntries(treatments);
}
