/** Takes the values of tests' metrics, and counts and tells what cannot be taken. */
import { type Experiment, type SubjectTotals, shareToPercentage, subjectOf } from '@sluice/core';
import { describeFailure } from './failure.ts';
import { type MetricKinds, metricKindsOf } from './metric-kinds.ts';
import type { MetricsCollector } from './metrics/metrics-collector.ts';
import type { Runtime } from './runtime.ts';
import { isOutsideTraffic, type RecordedValue, testValueOf } from './test-value.ts';

export class TestRecorder {
  readonly #runtime: Runtime;
  readonly #metrics: MetricsCollector | null;
  #refused = 0;
  /** By test: how many values, and what was wrong with the last. */
  readonly #refusals = new Map<string, { readonly count: number; readonly problem: string }>();
  /** By subject: values of units that the test's share does not take in, and that are no mistake. */
  readonly #outside = new Map<string, number>();
  /** How each metric of each test is recorded: by the user, or each value by itself. */
  readonly #kinds: MetricKinds;

  constructor(runtime: Runtime, metrics: MetricsCollector | null) {
    this.#runtime = runtime;
    this.#metrics = metrics;
    this.#kinds = metricKindsOf(runtime.view);
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

  /** Why it was not taken, in words; null when it was. Never throws: what is wrong is told to the logger, too. */
  record(value: RecordedValue): string | null {
    try {
      const outside = this.#outsideOf(value);
      if (outside !== null) return outside;
      const problem = this.#record(value);
      return problem === null ? null : this.#refuse(value.testId, problem);
    } catch (error) {
      return this.#refuse('', `recordMetric: its arguments cannot be read: ${describeFailure(error)}`);
    }
  }

  #outsideOf(value: RecordedValue): string | null {
    const { view } = this.#runtime;
    const experiment = view.experiments.get(value.testId);
    if (experiment === undefined || !isOutsideTraffic(view, value)) return null;
    const subject = subjectOf(experiment);
    this.#outside.set(subject, (this.#outside.get(subject) ?? 0) + 1);
    return `recordMetric("${value.testId}", "${value.metric}"): the unit is outside the test's traffic of ${shareToPercentage(experiment.trafficShare)} %`;
  }

  /** Why it was not taken, in words; null when it was. */
  #record(given: RecordedValue): string | null {
    const { testId, variant, metric, value } = given;
    const { view, facts } = this.#runtime;
    const found = testValueOf(view, this.#kinds, given);
    if (typeof found === 'string') return found;
    const { unit, ...rest } = found;
    const isTaken =
      unit === null ? facts.observe(rest.subject, rest.arm, rest.metric, rest.value) : facts.record({ ...rest, unit });
    if (!isTaken) return `recordMetric("${testId}", "${metric}"): there is no room for it until the store takes what waits`;
    this.#metrics?.observe(metric, value, { flag: testId, variant });
    return null;
  }

  #refuse(testId: string, problem: string): string {
    this.#refused += 1;
    const before = this.#refusals.get(testId)?.count ?? 0;
    if (this.#runtime.view.experiments.has(testId)) this.#refusals.set(testId, { count: before + 1, problem });
    // A caller in a loop must not fill the log: 1, 10, 100, … refusals are told.
    if (Number.isInteger(Math.log10(this.#refused)))
      this.#runtime.logger.warn(`${problem} (${this.#refused} values refused so far)`);
    return problem;
  }
}
