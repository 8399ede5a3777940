/** A/B tests: an allocation held fixed to learn which component is better. */
import {
  adviseTest,
  armToShip,
  CONTROL,
  createExperiment,
  driftOf,
  type Experiment,
  hashDigits,
  hashOfKey,
  isRefusal,
  parseRolloutSettings,
  parseTestSettings,
  planShip,
  type RolloutStatus,
  readyFlag,
  SluiceError,
  startExperiment,
  stopExperiment,
  type TestResults,
  type TestSettings,
  TREATMENT,
  testResult,
  type Unit,
} from '@sluice/core';
import { controllerOf } from './controllers.ts';
import { describeFailure } from './failure.ts';
import type { FlagManager } from './feature-flag-manager.ts';
import { FlagReader } from './flag-reader.ts';
import { MetricKinds } from './metric-kinds.ts';
import type { MetricsCollector } from './metrics/metrics-collector.ts';
import { attributionOf, type MutationOptions } from './mutation.ts';
import { hasArm, recordProblem } from './recorded-metric.ts';
import { RolloutManager, type StartRolloutOptions } from './rollout-manager.ts';
import type { Runtime } from './runtime.ts';
import { describeTest, type TestDetails } from './test-details.ts';

export const TestVariant = { CONTROL, TREATMENT } as const;
export type TestVariant = (typeof TestVariant)[keyof typeof TestVariant];

/** What to ship, and how: the options of a rollout. */
export interface ShipOptions extends Omit<StartRolloutOptions, 'toVariant' | 'toVersion' | 'onConflict'> {
  /** The arm; the winner unless given. */
  readonly variant?: string;
}

export class ABTestManager {
  readonly #flags: FlagReader;
  readonly #runtime: Runtime;
  readonly #metrics: MetricsCollector | null;
  /** Made when a winner is shipped. */
  #rollouts: RolloutManager | null = null;
  #refused = 0;
  /** How each metric of each test is recorded: by the user, or each value by itself. */
  readonly #kinds = new MetricKinds();

  constructor(flags: FlagManager, metrics?: MetricsCollector) {
    this.#flags = new FlagReader(flags.runtime);
    this.#runtime = flags.runtime;
    this.#metrics = metrics ?? null;
    controllerOf(this.#runtime);
  }

  /** Keeps a draft and its flag `testId`; everybody gets control until it starts. @throws SluiceError `invalid`, or `conflict` when the key is in use */
  async createTest(settings: TestSettings, options: MutationOptions = {}): Promise<TestDetails> {
    const whole = parseTestSettings(settings);
    const { testId } = whole;
    await this.#runtime.commit((view, now) => {
      if (view.experiments.has(testId))
        return { refused: `test "${testId}" exists already; a test measures once, take a new testId`, code: 'conflict' };
      if (view.flag(testId) !== undefined)
        return { refused: `a flag "${testId}" exists already; a test needs a key of its own`, code: 'conflict' };
      return createExperiment(whole, view.scope, attributionOf(options), now, view.segments);
    });
    return this.getTest(testId);
  }

  /**
   * What speaks against such a test, in words; empty when nothing does. The results of one that runs all the same have it among their `warnings`.
   * @throws SluiceError `invalid`
   */
  advise(settings: TestSettings): string[] {
    const { testId, ...plan } = parseTestSettings(settings);
    return this.#advice({ key: testId, ...plan });
  }

  #advice(plan: Pick<Experiment, 'key' | 'arms' | 'durationMs'>): string[] {
    const { view } = this.#runtime;
    return adviseTest(plan, { underWay: view.active(), flags: { get: (key) => view.flag(key) } });
  }

  /** Opens the treatment to its part of the traffic. @throws SluiceError `notFound`, `refused` unless it is a draft, `conflict` when its layer has no room */
  async startTest(testId: string, options: MutationOptions = {}): Promise<TestDetails> {
    await this.#runtime.commit((view, now) => {
      const experiment = experimentOf(view.experiments, testId);
      return startExperiment(experiment, view.flag(testId), attributionOf(options), now, view.layerFacts(experiment.layer));
    });
    return this.getTest(testId);
  }

  /**
   * Starts a rollout of the winner, or of `variant`, on the flag of a stopped test, with the options of `startRollout`; `getVariant` follows
   * it, without exposure. Only eligible units are in: of the others nothing is known.
   * @throws SluiceError `refused` when no arm has won and none is given, and what `startRollout` throws
   */
  async shipWinner(testId: string, options: ShipOptions): Promise<RolloutStatus> {
    const { variant, ...rollout } = options;
    const { reason, actor, validate, ...settings } = rollout;
    const results = await this.getTestResults(testId);
    const by = attributionOf({ reason: reason ?? '', ...(actor === undefined ? {} : { actor }) });
    let arm: string | null = null;
    await this.#runtime.commit((view, now) => {
      const experiment = experimentOf(view.experiments, testId);
      const chosen = armToShip(experiment, results, variant);
      if (typeof chosen !== 'string') return chosen;
      const change = planShip(experiment, view.flag(testId), chosen, by, now);
      const flag = view.flag(testId);
      if (isRefusal(change) || flag === undefined) return change;
      arm = chosen;
      // A rollout that cannot start must not leave the test marked as shipped.
      const validatorName = settings.validatorName ?? (validate === undefined ? undefined : testId);
      parseRolloutSettings(readyFlag(flag, experiment, chosen), {
        ...settings,
        toVariant: chosen,
        ...(validatorName === undefined ? {} : { validatorName }),
      });
      return change;
    });
    this.#rollouts ??= new RolloutManager(this.#flags);
    return this.#rollouts.startRollout(testId, { ...rollout, ...by, toVariant: arm ?? '' });
  }

  /** Everybody gets control again; the results stay. */
  async stopTest(testId: string, options: MutationOptions = {}): Promise<TestDetails> {
    await this.#runtime.facts.flush();
    await this.#runtime.commit((view, now) =>
      stopExperiment(experimentOf(view.experiments, testId), view.flag(testId), attributionOf(options), now),
    );
    return this.getTest(testId);
  }

  /**
   * The unit's variant, the same at every call, counted as an exposure. Control, without exposure, unless the test is running and the unit
   * is in it. After `shipWinner` it follows the flag's rollout, without exposure. Never throws. `Variant` names the arms where there are others than control and treatment.
   */
  getVariant<Variant extends string = TestVariant>(testId: string, unit?: Unit): Variant {
    const experiment = this.#runtime.view.experiments.get(testId);
    if (experiment === undefined || !followsFlag(experiment)) return CONTROL as Variant;
    const variant = this.#flags.getVariant(testId, unit);
    return (variant !== null && hasArm(experiment, variant) ? variant : CONTROL) as Variant;
  }

  /**
   * Takes one value of a metric. With `userId` the user is the unit: their values become one, and count only from their exposure
   * on. Without, the value itself is the unit. Never throws: what cannot be taken is told to the logger, and false is answered.
   */
  recordMetric(
    testId: string,
    variant: string,
    metric: string,
    value: number,
    options: { readonly userId?: string | number } = {},
  ): boolean {
    try {
      return this.#record(testId, variant, metric, value, options);
    } catch (error) {
      return this.#refuse(`recordMetric: its arguments cannot be read: ${describeFailure(error)}`);
    }
  }

  #record(testId: string, variant: string, metric: string, value: number, options: { userId?: string | number }): boolean {
    const experiment = this.#runtime.view.experiments.get(testId);
    const { userId } = options;
    const problem = recordProblem({ experiment, testId, variant, metric, value, options, userId });
    if (problem !== null || experiment === undefined) return this.#refuse(problem ?? '');
    const place = `recordMetric("${testId}", "${metric}")`;
    const flag = this.#runtime.view.flag(testId);
    const drift = flag === undefined ? null : driftOf(experiment, flag);
    if (drift !== null) return this.#refuse(`${place}: the flag was changed from outside: ${drift}`);
    const kind = userId === undefined ? 'observation' : 'user';
    if (!this.#kinds.agree(testId, metric, kind))
      return this.#refuse(
        `${place}: it was recorded ${kind === 'user' ? 'without a userId' : 'with a userId'} before; one metric takes one kind`,
      );
    let isTaken: boolean;
    if (userId === undefined) isTaken = this.#runtime.facts.observe(testId, variant, metric, value);
    else {
      const unit = hashDigits(hashOfKey(userId));
      const aggregation = experiment.trackedMetrics.find((tracked) => tracked.name === metric)?.aggregation ?? 'mean';
      isTaken = this.#runtime.facts.record({ subject: testId, unit, arm: variant, metric, value, aggregation });
    }
    if (!isTaken) return this.#refuse(`${place}: there is no room for it until the store takes what waits`);
    this.#metrics?.observe(metric, value, { flag: testId, variant });
    return true;
  }

  #refuse(problem: string): false {
    this.#refused += 1;
    // A caller in a loop must not fill the log: 1, 10, 100, … refusals are told.
    if (Number.isInteger(Math.log10(this.#refused)))
      this.#runtime.logger.warn(`${problem} (${this.#refused} values refused so far)`);
    return false;
  }

  /** What is known now, everything recorded before the call included. @throws SluiceError `notFound` */
  async getTestResults(testId: string): Promise<TestResults> {
    await this.#runtime.ready;
    const experiment = experimentOf(this.#runtime.view.experiments, testId);
    await this.#runtime.facts.flush();
    const totals = await this.#runtime.store.readTotals(this.#runtime.view.scope, testId);
    this.#kinds.learn(testId, totals);
    const advice = experiment.phase === 'stopped' ? [] : this.#advice(experiment);
    return testResult(experiment, totals, this.#runtime.clock.now(), this.#runtime.view.flag(testId) ?? null, advice);
  }

  /** @throws SluiceError `notFound` */
  getTest(testId: string): TestDetails {
    return describeTest(experimentOf(this.#runtime.view.experiments, testId));
  }

  listTests(): TestDetails[] {
    return [...this.#runtime.view.experiments.values()].map(describeTest);
  }
}

function experimentOf(experiments: ReadonlyMap<string, Experiment>, testId: string): Experiment {
  const experiment = experiments.get(testId);
  if (experiment === undefined) throw new SluiceError('notFound', `test "${testId}" does not exist; create it with createTest`);
  return experiment;
}

/** A running test's units are drawn by the flag, a shipped one's by its rollout. */
function followsFlag({ phase, shipped }: Experiment): boolean {
  return phase === 'running' || (phase === 'stopped' && shipped !== null);
}
