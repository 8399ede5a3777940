/** The metrics of a test as people name them. */

import type { Issue } from '../error.ts';
import { shown } from '../flag/shown.ts';
import { isJsonObject } from '../json.ts';
import { WHOLE_SHARE } from '../share.ts';
import { type Experiment, FIXED_TESTS, type TrackedMetric } from './experiment.ts';
import type { MetricRules } from './unit-delta.ts';

const GOALS = ['increase', 'decrease'] as const;
const ROLES = ['primary', 'secondary', 'guardrail'] as const;
const AGGREGATIONS = ['mean', 'sum', 'count', 'max'] as const;
const KNOWN = ['name', 'goal', 'role', 'aggregation', 'margin', 'cap', 'covariate', 'per', 'windowDays', 'test'];
const DAY_MS = 86_400_000;
const MEAN: MetricRules = Object.freeze({ aggregation: 'mean' });
const FALLING = /latency|duration|error|cost/i;

/** Latency, duration, error and cost are better when they fall; everything else when it rises. */
export function defaultGoal(name: string): TrackedMetric['goal'] {
  return FALLING.test(name) ? 'decrease' : 'increase';
}

/** A name alone is a primary metric whose unit's value is the mean of its values. */
export function trackedMetric(name: string): TrackedMetric {
  return { name, goal: defaultGoal(name), role: 'primary', aggregation: 'mean' };
}

export function parseTrackedMetric(
  input: unknown,
  path: string,
): { readonly metric: TrackedMetric } | { readonly issues: readonly Issue[] } {
  const given = typeof input === 'string' ? { name: input } : input;
  if (!isJsonObject(given))
    return { issues: [{ path, message: 'must be a name, or an object such as { name: "latency", goal: "decrease" }' }] };
  const issues: Issue[] = Object.keys(given)
    .filter((key) => !KNOWN.includes(key))
    .map((key) => ({ path: `${path}/${key}`, message: `is not a setting of a metric; there are ${KNOWN.join(', ')}` }));
  const { name } = given;
  if (typeof name !== 'string' || name === '')
    return { issues: [...issues, { path: `${path}/name`, message: 'must be a text that is not empty' }] };
  const choices = { goal: GOALS, role: ROLES, aggregation: AGGREGATIONS } as const;
  for (const [key, known] of Object.entries(choices)) {
    const value = given[key];
    if (value !== undefined && !(known as readonly unknown[]).includes(value))
      issues.push({ path: `${path}/${key}`, message: `must be one of ${known.join(', ')}; it is ${shown(value)}` });
  }
  const { margin, role } = given;
  if (margin !== undefined && !(typeof margin === 'number' && margin >= 0 && margin <= 1))
    issues.push({ path: `${path}/margin`, message: `must be a fraction from 0 to 1; it is ${shown(margin)}` });
  else if (margin !== undefined && role !== 'guardrail')
    issues.push({ path: `${path}/margin`, message: 'is for guardrails alone' });
  if (given.cap !== undefined && !Number.isFinite(given.cap))
    issues.push({ path: `${path}/cap`, message: `must be a finite number; it is ${shown(given.cap)}` });
  issues.push(...unitIssues(given, path));
  const usual = { ...trackedMetric(name), ...(given.per === undefined ? {} : { aggregation: 'sum' as const }) };
  return issues.length > 0 ? { issues } : { metric: { ...usual, ...(given as Partial<TrackedMetric>) } };
}

/** Of the settings that say how units are compared. */
function unitIssues(
  { covariate, per, windowDays, aggregation, test, role }: { readonly [key: string]: unknown },
  path: string,
): Issue[] {
  const issues: Issue[] = [];
  const say = (key: string, message: string): number => issues.push({ path: `${path}/${key}`, message });
  if (covariate !== undefined && typeof covariate !== 'boolean')
    say('covariate', `must be true or false; it is ${shown(covariate)}`);
  if (windowDays !== undefined && !(typeof windowDays === 'number' && windowDays > 0 && windowDays <= 3650))
    say('windowDays', `must be above 0 and at most 3650; it is ${shown(windowDays)}`);
  if (test !== undefined && !(FIXED_TESTS as readonly unknown[]).includes(test))
    say('test', `must be one of ${FIXED_TESTS.join(', ')}; it is ${shown(test)}`);
  else if (test !== undefined && test !== 'welch' && (covariate === true || per !== undefined || role === 'guardrail'))
    say('test', 'must be welch for a guardrail, and where there is a covariate or "per"');
  if (per === undefined) return issues;
  if (typeof per !== 'string' || per === '') say('per', `must be the name of a tracked metric; it is ${shown(per)}`);
  if (covariate === true) say('covariate', 'is not for a metric with "per"');
  if (aggregation === 'mean' || aggregation === 'max')
    say('aggregation', `must be sum or count where there is "per"; it is ${shown(aggregation)}`);
  return issues;
}

/** What a list of metrics that are each right says wrong of one another. */
export function perIssues(metrics: readonly TrackedMetric[], path: string): Issue[] {
  return metrics.flatMap(({ name, per, windowDays }, index): Issue[] => {
    if (per === undefined) return [];
    const [place, by] = [`${path}/${index}/per`, metrics.find((metric) => metric.name === per)];
    const wanted = `{ name: ${JSON.stringify(per)}, aggregation: "sum", role: "secondary" }`;
    if (by === undefined) return [{ path: place, message: `names "${per}", which is not tracked; add ${wanted}` }];
    if (per === name || by.per !== undefined) return [{ path: place, message: 'must name another metric, one without "per"' }];
    if (by.windowDays !== windowDays) return [{ path: place, message: `names "${per}", which must have the same windowDays` }];
    if (by.aggregation === 'sum' || by.aggregation === 'count') return [];
    return [{ path: place, message: `names "${per}", whose aggregation is ${by.aggregation}; it must be sum or count` }];
  });
}

/** A test for one look cannot judge results that are read all along. */
export function fixedTestIssues(metrics: readonly TrackedMetric[], method: unknown, path: string): Issue[] {
  if (method === 'fixedHorizon') return [];
  return metrics.flatMap(({ test }, index) =>
    test === undefined
      ? []
      : [{ path: `${path}/${index}/test`, message: 'is for tests with method "fixedHorizon", which look once' }],
  );
}

/** How a test's metric counts of a unit; one that it does not track is a mean. */
export function rulesOf({ trackedMetrics }: Pick<Experiment, 'trackedMetrics'>, name: string): MetricRules {
  const tracked = trackedMetrics.find((metric) => metric.name === name);
  if (tracked === undefined) return MEAN;
  const { aggregation, cap, covariate, per, windowDays } = tracked;
  return {
    aggregation,
    ...(cap === undefined ? {} : { cap }),
    ...(covariate === true ? { covariate } : {}),
    ...(per === undefined ? {} : { per }),
    ...(windowDays === undefined ? {} : { windowMs: Math.round(windowDays * DAY_MS) }),
  };
}

/** Whether values without a user cannot be taken: they have no exposure, and nothing to be paired with. */
export function needsUser({ trackedMetrics }: Pick<Experiment, 'trackedMetrics'>, name: string): boolean {
  return trackedMetrics.some(
    (metric) =>
      metric.per === name ||
      (metric.name === name &&
        (metric.per !== undefined ||
          metric.covariate === true ||
          metric.windowDays !== undefined ||
          metric.test === 'mannWhitney')),
  );
}

/**
 * Whether some are served the control who are in no arm: the test takes a part of the traffic, or only who is eligible. Of a value without a user
 * it is not known which of both it is.
 */
export function takesAPart({ trafficShare, eligibility }: Pick<Experiment, 'trafficShare' | 'eligibility'>): boolean {
  return trafficShare < WHOLE_SHARE || Object.keys(eligibility).length > 0;
}
