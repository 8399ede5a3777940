/** What may be recorded. */
import { isMeasurable, MEASURABLE } from '@sluice/core';
import { describeValue } from '../failure.ts';

export interface MetricLabels {
  readonly flag?: string | undefined;
  readonly variant?: string | undefined;
  /** The key of the unit (a user, a session) that met it. Only listeners are told: a series per user would have no bound. */
  readonly unit?: string | undefined;
}

export type SampleKind = 'count' | 'observe';

/** Hears of every sample as it is recorded, also of one that found no room. It is called on the hot path, and should only take note. */
export type SampleListener = (kind: SampleKind, name: string, value: number, labels: MetricLabels) => void;

/** Names and labels are kept for as long as their series, so they are bounded, too. */
const LONGEST_TEXT = 1024;

/** What is wrong with a sample, as a sentence that says what would be right; null when nothing is. */
export function sampleProblem(kind: SampleKind, name: unknown, value: unknown, flag: unknown, variant: unknown): string | null {
  if (!isText(name)) return `a metric's name is a text of 1 to ${LONGEST_TEXT} characters, not ${describeValue(name)}`;
  if (!isMeasurable(value)) return `${kind}("${name}") takes ${MEASURABLE}, not ${describeValue(value)}`;
  if (kind === 'count' && value < 0)
    return `count("${name}") takes a number that is not negative, not ${value}: counters only rise`;
  if (flag !== undefined && !isText(flag)) return labelProblem(name, 'flag', flag);
  if (variant !== undefined && !isText(variant)) return labelProblem(name, 'variant', variant);
  return null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_TEXT;
}

function labelProblem(name: string, label: string, value: unknown): string {
  return `metric "${name}": the label ${label} is a text of 1 to ${LONGEST_TEXT} characters, not ${describeValue(value)}`;
}
