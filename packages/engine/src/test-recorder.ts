/** Takes the values of tests' metrics, and counts and tells what cannot be taken. */
import {
  driftOf,
  type Experiment,
  hashDigits,
  hashOfKey,
  isInTraffic,
  isUsableKey,
  needsUser,
  rulesOf,
  type SubjectTotals,
  shareToPercentage,
  subjectOf,
} from '@sluice/core';
import { describeFailure } from './failure.ts';
import { MetricKinds } from './metric-kinds.ts';
import type { MetricsCollector } from './metrics/metrics-collector.ts';
import { recordProblem } from './recorded-metric.ts';
import type { Runtime } from './runtime.ts';

export interface RecordedValue {
  readonly testId: string;
  readonly variant: string;
  readonly metric: string;
  readonly value: number;
  readonly options: { readonly userId?: string | number };
}

export class TestRecorder {
  readonly #runtime: Runtime;
  readonly #metrics: MetricsCollector | null;
  #refused = 0;
  /** By test: how many values, and what was wrong with the last. */
  readonly #refusals = new Map<string, { readonly count: number; readonly problem: string }>();
  /** By subject: values of units that the test's share does not take in, and that are no mistake. */
  readonly #outside = new Map<string, number>();
  /** How each metric of each test is recorded: by the user, or each value by itself. */
  readonly #kinds = new MetricKinds();

  constructor(runtime: Runtime, metrics: MetricsCollector | null) {
    this.#runtime = runtime;
    this.#metrics = metrics;
  }

  /** What the store has of this test. */
  learn(experiment: Experiment, totals: SubjectTotals): void {
    this.#kinds.learn(subjectOf(experiment), totals);
  }

  /** What this process could not take of the test's values, in words. */
  warnings(experiment: Experiment): string[] {
    const refusals = this.#refusals.get(experiment.key);
    const outside = this.#outside.get(subjectOf(experiment));
    return [
      ...(refusals === undefined
        ? []
        : [`values that this process was given and could not take: ${refusals.count}; the last: ${refusals.problem}`]),
      ...(outside === undefined
        ? []
        : [
            `values that this process was given of units outside the test's traffic of ${shareToPercentage(experiment.trafficShare)} %: ${outside}; they do not count, and need not be recorded`,
          ]),
    ];
  }

  /** Never throws: what cannot be taken is told to the logger, and false is answered. */
  record(value: RecordedValue): boolean {
    try {
      if (this.#isOutside(value)) return false;
      const problem = this.#record(value);
      return problem === null || this.#refuse(value.testId, problem);
    } catch (error) {
      return this.#refuse('', `recordMetric: its arguments cannot be read: ${describeFailure(error)}`);
    }
  }

  /** Whether it is good, and of a unit that the running test never draws: no later exposure could make it count. */
  #isOutside({ testId, variant, metric, value, options }: RecordedValue): boolean {
    const { experiments, flags } = this.#runtime.view;
    const [experiment, live, { userId }] = [experiments.get(testId), flags.get(testId), options];
    if (experiment?.phase !== 'running' || live === undefined || userId === undefined) return false;
    if (!isUsableKey(userId) || isInTraffic(live.compiled, userId) || driftOf(experiment, live.compiled.flag) !== null)
      return false;
    if (recordProblem({ experiment, testId, variant, metric, value, options, userId }) !== null) return false;
    const subject = subjectOf(experiment);
    this.#outside.set(subject, (this.#outside.get(subject) ?? 0) + 1);
    return true;
  }

  /** Why it was not taken, in words; null when it was. */
  #record({ testId, variant, metric, value, options }: RecordedValue): string | null {
    const experiment = this.#runtime.view.experiments.get(testId);
    const { userId } = options;
    const problem = recordProblem({ experiment, testId, variant, metric, value, options, userId });
    if (problem !== null || experiment === undefined) return problem ?? '';
    const place = `recordMetric("${testId}", "${metric}")`;
    const flag = this.#runtime.view.flag(testId);
    const drift = flag === undefined ? null : driftOf(experiment, flag);
    if (drift !== null) return `${place}: the flag was changed from outside: ${drift}`;
    const subject = subjectOf(experiment);
    const kind = userId === undefined ? 'observation' : 'user';
    if (!this.#kinds.agree(subject, metric, kind))
      return `${place}: it was recorded ${kind === 'user' ? 'without a userId' : 'with a userId'} before; one metric takes one kind`;
    const rules = rulesOf(experiment, metric);
    if (userId === undefined && needsUser(experiment, metric))
      return `${place}: it needs a userId, because of its covariate, window, ratio or ranks`;
    const { cap = value } = rules;
    const isTaken =
      userId === undefined
        ? this.#runtime.facts.observe(subject, variant, metric, Math.min(value, cap))
        : this.#runtime.facts.record({ subject, unit: hashDigits(hashOfKey(userId)), arm: variant, metric, value, rules });
    if (!isTaken) return `${place}: there is no room for it until the store takes what waits`;
    this.#metrics?.observe(metric, value, { flag: testId, variant });
    return null;
  }

  #refuse(testId: string, problem: string): false {
    this.#refused += 1;
    const before = this.#refusals.get(testId)?.count ?? 0;
    if (this.#runtime.view.experiments.has(testId)) this.#refusals.set(testId, { count: before + 1, problem });
    // A caller in a loop must not fill the log: 1, 10, 100, … refusals are told.
    if (Number.isInteger(Math.log10(this.#refused)))
      this.#runtime.logger.warn(`${problem} (${this.#refused} values refused so far)`);
    return false;
  }
}
