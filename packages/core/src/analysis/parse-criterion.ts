/** Reads a criterion as people write it, with its defaults. */
import type { Issue } from '../error.ts';
import { nearest } from '../flag/nearest.ts';
import { shown } from '../flag/shown.ts';
import { isJsonObject } from '../json.ts';
import { MAX_DURATION_MS } from '../rollout/duration.ts';
import type { Criterion } from './criterion.ts';
import { type MetricQuery, parseMetric } from './metric.ts';

/** Only `metric` and one bound are needed. */
export interface CriterionSettings {
  readonly metric: string;
  readonly max?: number;
  readonly min?: number;
  /**
   * How many times the control's error rate the change may have, from 1: compared by units that met an error, counted with `{ unit }` on the
   * process's own collector. 1.2 leaves room for what is not quite alike. With `slowerThan` it is the control's rate of slow units. Of `mean(x)` it
   * is the control's mean, compared by the means of units; below 1 it is the least that the change's may be. Where units are not known, as with other
   * sources, requests are compared, and at least 1.2 is tolerated.
   */
  readonly versusControl?: number;
  /**
   * What lets a comparison pass: by default a planned bake without a finding of harm; true: being shown to be no worse than tolerated, for which
   * `versusControl` leaves room. False if absent.
   */
  readonly nonInferiority?: boolean;
  /** For a quantile such as `p95` versus control: a unit is slow that meets a value above this one, recorded with `{ unit }`. */
  readonly slowerThan?: number;
  readonly name?: string;
  readonly source?: string;
  readonly minSamples?: number;
  readonly windowMs?: number;
  readonly staleAfterMs?: number;
  readonly dryRun?: boolean;
}

const DEFAULTS = { source: 'collector', minSamples: 20, windowMs: 300_000, staleAfterMs: 60_000, dryRun: false } as const;
const KNOWN = ['metric', 'max', 'min', 'versusControl', 'nonInferiority', 'slowerThan', 'name', ...Object.keys(DEFAULTS)];

export function parseCriterion(
  value: unknown,
  path: string,
): { readonly criterion: Criterion } | { readonly issues: readonly Issue[] } {
  if (!isJsonObject(value))
    return { issues: [{ path, message: `must be an object such as { metric: "errorRate", max: 0.05 }; it is ${shown(value)}` }] };
  const issues: Issue[] = Object.keys(value)
    .filter((key) => !KNOWN.includes(key))
    .map((key) => ({ path: `${path}/${key}`, message: `is not a setting of a criterion${nearest(key, KNOWN)}` }));
  const given = value as Partial<CriterionSettings>;
  const metric =
    typeof given.metric === 'string'
      ? parseMetric(given.metric, `${path}/metric`)
      : { path: `${path}/metric`, message: `must be a text such as "errorRate"; it is ${shown(given.metric)}` };
  if ('message' in metric) issues.push(metric);
  if (given.max === undefined && given.min === undefined && given.versusControl === undefined)
    issues.push({ path, message: 'needs a bound: max, min or both, or versusControl' });
  issues.push(...comparisonIssues(given, path), ...fractionIssues(given, path));
  if (given.max !== undefined && given.min !== undefined && given.min > given.max)
    issues.push({ path: `${path}/min`, message: `must not be above max, ${shown(given.max)}; it is ${shown(given.min)}` });
  for (const name of ['max', 'min', 'minSamples', 'windowMs', 'staleAfterMs'] as const) {
    const number = given[name];
    const problem = number === undefined ? null : numberProblem(name, number);
    if (problem !== null) issues.push({ path: `${path}/${name}`, message: `${problem}; it is ${shown(number)}` });
  }
  for (const name of ['name', 'source'] as const)
    if (given[name] !== undefined && (typeof given[name] !== 'string' || given[name] === ''))
      issues.push({ path: `${path}/${name}`, message: `must be a text that is not empty; it is ${shown(given[name])}` });
  if (given.dryRun !== undefined && typeof given.dryRun !== 'boolean')
    issues.push({ path: `${path}/dryRun`, message: `must be true or false; it is ${shown(given.dryRun)}` });
  if (issues.length > 0) return { issues };
  return { criterion: withDefaults(given as CriterionSettings) };
}

function numberProblem(name: string, value: unknown): string | null {
  if (name === 'max' || name === 'min') return Number.isFinite(value) ? null : 'must be a finite number';
  if (name === 'minSamples') return Number.isSafeInteger(value) && Number(value) > 0 ? null : 'must be a whole number above 0';
  const isDuration = typeof value === 'number' && value > 0 && value <= MAX_DURATION_MS;
  return isDuration ? null : 'must be milliseconds above 0, ten years at most';
}

/** An error rate is never above 1: a bound in percent could not fail. */
function fractionIssues({ metric, max, min }: Partial<CriterionSettings>, path: string): Issue[] {
  if (metric !== 'errorRate') return [];
  return Object.entries({ max, min }).flatMap(([name, bound]) =>
    bound !== undefined && Number.isFinite(bound) && (bound < 0 || bound > 1)
      ? [{ path: `${path}/${name}`, message: `must be a fraction from 0 to 1; 0.05 is 5 %; it is ${shown(bound)}` }]
      : [],
  );
}

function comparisonIssues(given: Partial<CriterionSettings>, path: string): Issue[] {
  const { versusControl, slowerThan, metric, source = DEFAULTS.source } = given;
  const isQuantile = kindOf(metric) === 'quantile';
  if (slowerThan !== undefined && !(isQuantile && versusControl !== undefined && Number.isFinite(slowerThan)))
    return [
      {
        path: `${path}/slowerThan`,
        message: `must be a finite number, of a quantile that has versusControl; it is ${shown(slowerThan)}`,
      },
    ];
  if (versusControl === undefined)
    return given.nonInferiority === undefined
      ? []
      : [{ path: `${path}/nonInferiority`, message: 'is for a comparison: it needs versusControl' }];
  const isMean = kindOf(metric) === 'mean';
  const isCompared = metric === 'errorRate' || slowerThan !== undefined || (isMean && source === DEFAULTS.source);
  if (!isCompared) return [{ path: `${path}/versusControl`, message: COMPARED_METRICS }];
  return [...ratioIssues(versusControl, isMean, `${path}/versusControl`), ...nonInferiorityIssues(given, path)];
}

const COMPARED_METRICS = "is for errorRate, for a quantile with slowerThan, and for mean(…) of the process's own collector";

function ratioIssues(ratio: unknown, isMean: boolean, path: string): Issue[] {
  const isRatio = typeof ratio === 'number' && ratio <= 100 && (isMean ? ratio > 0 : ratio >= 1);
  if (isRatio) return [];
  return [{ path, message: `must be a number ${isMean ? 'above 0, at most 100' : 'from 1 to 100'}; it is ${shown(ratio)}` }];
}

function nonInferiorityIssues({ nonInferiority, versusControl }: Partial<CriterionSettings>, parent: string): Issue[] {
  const path = `${parent}/nonInferiority`;
  if (nonInferiority !== undefined && typeof nonInferiority !== 'boolean') return [{ path, message: 'must be true or false' }];
  return nonInferiority === true && versusControl === 1
    ? [{ path, message: 'needs a versusControl other than 1: what is just as good is never shown to be better' }]
    : [];
}

function kindOf(metric: unknown): MetricQuery['kind'] | null {
  const query = typeof metric === 'string' ? parseMetric(metric) : null;
  return query !== null && 'kind' in query ? query.kind : null;
}

function withDefaults(given: CriterionSettings): Criterion {
  return {
    name: given.name ?? given.metric,
    metric: given.metric,
    source: given.source ?? DEFAULTS.source,
    max: given.max ?? null,
    min: given.min ?? null,
    ...(given.versusControl === undefined ? {} : { versusControl: given.versusControl }),
    ...(given.nonInferiority === true ? { nonInferiority: true } : {}),
    ...(given.slowerThan === undefined ? {} : { slowerThan: given.slowerThan }),
    minSamples: given.minSamples ?? DEFAULTS.minSamples,
    windowMs: given.windowMs ?? DEFAULTS.windowMs,
    staleAfterMs: given.staleAfterMs ?? DEFAULTS.staleAfterMs,
    dryRun: given.dryRun ?? DEFAULTS.dryRun,
  };
}
