/** Reads a criterion as people write it, with its defaults. */
import type { Issue } from '../error.ts';
import { nearest } from '../flag/nearest.ts';
import { shown } from '../flag/shown.ts';
import { isJsonObject } from '../json.ts';
import { MAX_DURATION_MS } from '../rollout/duration.ts';
import type { Criterion } from './criterion.ts';
import { parseMetric } from './metric.ts';

/** Only `metric` and one bound are needed. */
export interface CriterionSettings {
  readonly metric: string;
  readonly max?: number;
  readonly min?: number;
  /**
   * How many times the control's error rate the change may have, from 1: compared by units that met an error, counted with `{ unit }` on the
   * process's own collector. 1.2 leaves room for what is not quite alike. With `slowerThan` it is the control's rate of slow units.
   */
  readonly versusControl?: number;
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
const KNOWN = ['metric', 'max', 'min', 'versusControl', 'slowerThan', 'name', ...Object.keys(DEFAULTS)];

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
  const isQuantile = isQuantileName(metric);
  if (slowerThan !== undefined && !(isQuantile && versusControl !== undefined && Number.isFinite(slowerThan)))
    return [
      {
        path: `${path}/slowerThan`,
        message: `must be a finite number, of a quantile that has versusControl; it is ${shown(slowerThan)}`,
      },
    ];
  if (versusControl === undefined) return [];
  const at = `${path}/versusControl`;
  const isCompared = metric === 'errorRate' || slowerThan !== undefined;
  if (!isCompared || source !== DEFAULTS.source)
    return [{ path: at, message: "is for the errorRate of the process's own collector, and for its quantiles with slowerThan" }];
  const isRatio = typeof versusControl === 'number' && versusControl >= 1 && versusControl <= 100;
  return isRatio ? [] : [{ path: at, message: `must be a number from 1 to 100; it is ${shown(versusControl)}` }];
}

function isQuantileName(metric: unknown): boolean {
  const query = typeof metric === 'string' ? parseMetric(metric) : null;
  return query !== null && 'kind' in query && query.kind === 'quantile';
}

function withDefaults(given: CriterionSettings): Criterion {
  return {
    name: given.name ?? given.metric,
    metric: given.metric,
    source: given.source ?? DEFAULTS.source,
    max: given.max ?? null,
    min: given.min ?? null,
    ...(given.versusControl === undefined ? {} : { versusControl: given.versusControl }),
    ...(given.slowerThan === undefined ? {} : { slowerThan: given.slowerThan }),
    minSamples: given.minSamples ?? DEFAULTS.minSamples,
    windowMs: given.windowMs ?? DEFAULTS.windowMs,
    staleAfterMs: given.staleAfterMs ?? DEFAULTS.staleAfterMs,
    dryRun: given.dryRun ?? DEFAULTS.dryRun,
  };
}
