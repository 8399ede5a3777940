/** What may be recorded of a test's metric. */
import { type Experiment, isMeasurable, isUsableKey, MEASURABLE } from '@sluice/core';
import { describeValue } from './failure.ts';

export interface GivenMetric {
  readonly experiment: Experiment | undefined;
  readonly testId: unknown;
  readonly variant: unknown;
  readonly metric: unknown;
  readonly value: unknown;
  readonly options: object;
  readonly userId: unknown;
}

/** What is wrong with a value that is recorded, as a sentence; null when nothing is. */
export function recordProblem({ experiment, testId, variant, metric, value, options, userId }: GivenMetric): string | null {
  const place = `recordMetric(${describeValue(testId)}, ${describeValue(metric)})`;
  if (experiment === undefined) return `${place}: there is no such test`;
  if (experiment.phase !== 'running') return `${place}: the test is ${experiment.phase}`;
  if (!hasArm(experiment, variant))
    return `${place}: the variant must be one of ${experiment.arms.map((arm) => `"${arm.variant}"`).join(', ')}; it is ${describeValue(variant)}`;
  if (typeof metric !== 'string' || metric === '') return `${place}: the metric must have a name`;
  if (!isMeasurable(value)) return `${place}: the value must be ${MEASURABLE}; it is ${describeValue(value)}`;
  // A user's number in its place would be taken as no user, and each of their values as one.
  if (typeof options !== 'object')
    return `${place}: the options must be an object such as { userId: "ann" }; they are ${describeValue(options)}`;
  const stranger = Object.keys(options).find((key) => key !== 'userId');
  if (stranger !== undefined) return `${place}: "${stranger}" is not an option; there is userId`;
  if (userId !== undefined && (!isUsableKey(userId) || userId === ''))
    return `${place}: the userId must be a text of 1 byte to 1 KiB, or a whole number; it is ${describeValue(userId)}`;
  return null;
}

export function hasArm(experiment: Experiment, variant: unknown): boolean {
  return experiment.arms.some((arm) => arm.variant === variant);
}

/** A running test's units are drawn by the flag, a shipped one's by its rollout. */
export function followsFlag({ phase, shipped }: Experiment): boolean {
  return phase === 'running' || (phase === 'stopped' && shipped !== null);
}
