/** What a value of a test's metric means to the ledger, whoever measured it. */
import {
  driftOf,
  hashDigits,
  hashOfKey,
  isInTraffic,
  isUsableKey,
  needsUser,
  rulesOf,
  subjectOf,
  takesAPart,
} from '@sluice/core';
import type { MetricKinds } from './metric-kinds.ts';
import { recordProblem } from './recorded-metric.ts';
import type { UnitValue } from './unit-buffer.ts';
import type { View } from './view.ts';

export interface RecordedValue {
  readonly testId: string;
  readonly variant: string;
  readonly metric: string;
  readonly value: number;
  readonly options: { readonly userId?: string | number };
}

/** `unit` is null for a value that stands for itself; that one is capped already. */
export type TestValue = Omit<UnitValue, 'at' | 'unit'> & { readonly unit: string | null };

/** Why it cannot be taken, as a sentence; else where it goes. */
export function testValueOf(view: View, kinds: MetricKinds, given: RecordedValue): TestValue | string {
  const { testId, variant, metric, value, options } = given;
  const experiment = view.experiments.get(testId);
  const { userId } = options;
  const problem = recordProblem({ experiment, testId, variant, metric, value, options, userId });
  if (problem !== null || experiment === undefined) return problem ?? '';
  const place = `recordMetric("${testId}", "${metric}")`;
  const flag = view.flag(testId);
  const drift = flag === undefined ? null : driftOf(experiment, flag);
  if (drift !== null) return `${place}: the flag was changed from outside: ${drift}`;
  const subject = subjectOf(experiment);
  const full = kinds.roomProblem(subject, metric, experiment);
  if (full !== null) return `${place}: ${full}`;
  if (userId === undefined && needsUser(experiment, metric))
    return `${place}: it needs a userId, because of its covariate, window, ratio or ranks`;
  if (userId === undefined && takesAPart(experiment))
    return `${place}: it needs a userId: the test takes a part of the traffic, and who is outside of it is served the control, too`;
  // The last to be asked, for the first value that is taken decides the kind of all.
  const kind = userId === undefined ? 'observation' : 'user';
  if (!kinds.agree(subject, metric, kind))
    return `${place}: it was recorded ${kind === 'user' ? 'without a userId' : 'with a userId'} before; one metric takes one kind`;
  const rules = rulesOf(experiment, metric);
  const { cap = value } = rules;
  const met = { subject, arm: variant, metric, rules };
  return userId === undefined
    ? { ...met, unit: null, value: Math.min(value, cap) }
    : { ...met, unit: hashDigits(hashOfKey(userId)), value };
}

/** Whether it is good, and of a unit that the running test never draws: no later exposure could make it count. */
export function isOutsideTraffic({ experiments, flags }: View, given: RecordedValue): boolean {
  const [experiment, live, { userId }] = [experiments.get(given.testId), flags.get(given.testId), given.options];
  if (experiment?.phase !== 'running' || live === undefined || userId === undefined) return false;
  if (!isUsableKey(userId) || isInTraffic(live.compiled, userId) || driftOf(experiment, live.compiled.flag) !== null)
    return false;
  return recordProblem({ experiment, userId, ...given }) === null;
}
