/** The metrics of a test as people name them. */
import type { Issue } from '../error.ts';
import { isJsonObject } from '../json.ts';
import type { TrackedMetric } from './experiment.ts';

const GOALS = ['increase', 'decrease'] as const;
const ROLES = ['primary', 'secondary', 'guardrail'] as const;
const AGGREGATIONS = ['mean', 'sum', 'count', 'max'] as const;
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
    .filter((key) => !['name', 'goal', 'role', 'aggregation', 'margin', 'cap'].includes(key))
    .map((key) => ({
      path: `${path}/${key}`,
      message: 'is not a setting of a metric; there are name, goal, role, aggregation, margin, cap',
    }));
  const { name } = given;
  if (typeof name !== 'string' || name === '')
    return { issues: [...issues, { path: `${path}/name`, message: 'must be a text that is not empty' }] };
  const choices = { goal: GOALS, role: ROLES, aggregation: AGGREGATIONS } as const;
  for (const [key, known] of Object.entries(choices)) {
    const value = given[key];
    if (value !== undefined && !(known as readonly unknown[]).includes(value))
      issues.push({ path: `${path}/${key}`, message: `must be one of ${known.join(', ')}; it is ${JSON.stringify(value)}` });
  }
  const { margin, role } = given;
  if (margin !== undefined && !(typeof margin === 'number' && margin >= 0 && margin <= 1))
    issues.push({ path: `${path}/margin`, message: `must be a fraction from 0 to 1; it is ${JSON.stringify(margin)}` });
  else if (margin !== undefined && role !== 'guardrail')
    issues.push({ path: `${path}/margin`, message: 'is for guardrails alone' });
  if (given.cap !== undefined && !Number.isFinite(given.cap))
    issues.push({ path: `${path}/cap`, message: `must be a finite number; it is ${JSON.stringify(given.cap)}` });
  return issues.length > 0 ? { issues } : { metric: { ...trackedMetric(name), ...(given as Partial<TrackedMetric>) } };
}
