/** A/B tests: an allocation held fixed to learn which component is better. */
import {
  type Attribution,
  adviseTest,
  armToShip,
  type Change,
  CONTROL,
  createExperiment,
  type Experiment,
  isRefusal,
  lossRefusal,
  parseChanges,
  parseTestSettings,
  planArchiveTest,
  planRebase,
  planShip,
  planTestUpdate,
  type Refusal,
  type RolloutStatus,
  SluiceError,
  shipReason,
  startExperiment,
  stopExperiment,
  type TestChanges,
  type TestResults,
  type TestSettings,
  TREATMENT,
  type Unit,
} from '@sluice/core';
import { controllerOf } from './controllers.ts';
import { eligibilityWarnings } from './eligibility-warnings.ts';
import type { FlagManager } from './feature-flag-manager.ts';
import { FlagReader } from './flag-reader.ts';
import { keptLook } from './kept-look.ts';
import type { MetricsCollector } from './metrics/metrics-collector.ts';
import { attributionOf, attributionWithReason, checkIsObject, type MutationOptions, requestOf } from './mutation.ts';
import { callOn } from './names.ts';
import { followsFlag, hasArm } from './recorded-metric.ts';
import { rolloutStatusOf, type StartRolloutOptions, startRolloutOn } from './rollout-start.ts';
import type { Runtime } from './runtime.ts';
import { runtimeOf } from './runtime-of.ts';
import { describeTest, experimentOf, listedTests, type TestDetails, type TestFilter } from './test-details.ts';
import { TestRecorder } from './test-recorder.ts';
import type { View } from './view.ts';

export const TestVariant = { CONTROL, TREATMENT } as const;
export type TestVariant = (typeof TestVariant)[keyof typeof TestVariant];

/** What to ship, and how: the options of a rollout. */
export interface ShipOptions extends Omit<StartRolloutOptions, 'toVariant' | 'toVersion' | 'onConflict'> {
  /** The arm; the winner unless given. */
  readonly variant?: string;
}

interface TestChange {
  readonly experiment: Experiment;
  readonly view: View;
  readonly now: number;
  readonly by: Attribution;
}

export class ABTestManager {
  readonly #flags: FlagReader;
  readonly #runtime: Runtime;
  readonly #recorder: TestRecorder;
  constructor(flags: FlagManager, metrics?: MetricsCollector) {
    this.#runtime = runtimeOf('ABTestManager', flags);
    this.#flags = new FlagReader(this.#runtime);
    this.#recorder = new TestRecorder(this.#runtime, metrics ?? null);
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
    }, requestOf(options));
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

  #advice(plan: Pick<Experiment, 'key' | 'arms' | 'durationMs' | 'layer'>): string[] {
    const { view } = this.#runtime;
    return adviseTest(plan, { underWay: view.underWay(), flags: { get: (key) => view.flag(key) } });
  }

  /** Opens the treatments to their part of the traffic, now or at the test's `startAt`. @throws SluiceError `notFound`, `refused` unless it is a draft, `conflict` when its layer has no room */
  async startTest(testId: string, options: MutationOptions = {}): Promise<TestDetails> {
    await this.#runtime.commit((view, now) => {
      const experiment = experimentOf(view.experiments, testId);
      return startExperiment(experiment, view.flag(testId), attributionOf(options), now, view.startFacts(experiment.layer));
    }, requestOf(options));
    return this.getTest(testId);
  }

  /**
   * Starts a rollout of the winner, or of `variant`, on the flag of a stopped test, with the options of `startRollout`; `getVariant` follows
   * it, without exposure. Only eligible units are in: of the others nothing is known.
   * @throws SluiceError `refused` when no arm has won and none is given, and what `startRollout` throws
   */
  async shipWinner(testId: string, options: ShipOptions): Promise<RolloutStatus> {
    checkIsObject(callOn('shipWinner', testId, 'testId'), options);
    const { variant, reason, ...rollout } = options;
    const results = await this.getTestResults(testId);
    const experiment = experimentOf(this.#runtime.view.experiments, testId);
    const arm = armToShip(experiment, results, variant);
    if (typeof arm !== 'string') throw new SluiceError(arm.code, arm.refused);
    const why = reason ?? shipReason(experiment, arm, results);
    const by = attributionOf({ ...(rollout.actor === undefined ? {} : { actor: rollout.actor }), reason: why });
    await startRolloutOn(this.#runtime, testId, { ...rollout, reason: why, toVariant: arm }, (view, facts, now) => {
      const shipped = planShip(experimentOf(view.experiments, testId), facts.flag, arm, by, now);
      return isRefusal(shipped) ? shipped : { facts: { ...facts, flag: shipped.flag }, also: shipped.noted };
    });
    return rolloutStatusOf(this.#runtime, testId);
  }

  /**
   * Changes settings: all of a draft's; of a test that runs its description, duration and tags; of one that is stopped its description and tags.
   * @throws SluiceError `notFound`, `invalid` naming every bad setting, `refused` naming what may not change
   */
  updateTest(testId: string, changes: TestChanges, options: MutationOptions = {}): Promise<TestDetails> {
    return this.#change(testId, options, ({ experiment, view, now, by }) =>
      planTestUpdate(experiment, view.flag(testId), parseChanges(experiment, changes, view.segments), by, now),
    );
  }

  /**
   * Begins a running test anew, with changes of whatever it compares: under the next number, in which nothing that was measured before counts, and
   * for its whole duration again. Needs a reason.
   * @throws SluiceError `notFound`, `invalid`, `refused` unless it runs, `conflict` when its layer has no room
   */
  async rebaseTest(testId: string, changes: TestChanges, options: MutationOptions): Promise<TestDetails> {
    attributionWithReason(callOn('rebaseTest', testId, 'testId'), options);
    return this.#change(testId, options, ({ experiment, view, now, by }) => {
      const parsed = parseChanges(experiment, changes, view.segments);
      return planRebase(experiment, view.flag(testId), parsed, by, now, view.startFacts(parsed.settings.layer));
    });
  }

  /**
   * Puts a test away that is over or was never started: its results stay, its name is not used again. Its flag is archived too where no arm was shipped
   * and it serves nothing but control.
   */
  archiveTest(testId: string, options: MutationOptions = {}): Promise<TestDetails> {
    return this.#change(testId, options, ({ experiment, view, now, by }) =>
      planArchiveTest(experiment, view.facts(testId), by, now),
    );
  }

  async #change(
    testId: string,
    options: MutationOptions,
    plan: (at: TestChange) => Change | Refusal | null,
  ): Promise<TestDetails> {
    const by = attributionOf(options);
    await this.#runtime.facts.flush();
    await this.#runtime.commit((view, now) => {
      const change = plan({ experiment: experimentOf(view.experiments, testId), view, now, by });
      return lossRefusal(change, view.facts(testId)) ?? change;
    }, requestOf(options));
    return this.getTest(testId);
  }

  /** Everybody gets control again; the results stay. */
  stopTest(testId: string, options: MutationOptions = {}): Promise<TestDetails> {
    return this.#change(testId, options, ({ experiment, view, now, by }) =>
      stopExperiment(experiment, view.flag(testId), by, now),
    );
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
   * on. Without, the value itself is the unit. Never throws: what cannot be taken is told to the logger, and false is answered; so it is, without a
   * word to the logger, for a user outside the running test's traffic, whose values could never count.
   */
  recordMetric(
    testId: string,
    variant: string,
    metric: string,
    value: number,
    options: { readonly userId?: string | number } = {},
  ): boolean {
    return this.takeMetric(testId, variant, metric, value, options) === null;
  }

  /** As `recordMetric`, and answers why the value was not taken, in words; null when it was. */
  takeMetric(
    testId: string,
    variant: string,
    metric: string,
    value: number,
    options: { readonly userId?: string | number } = {},
  ): string | null {
    return this.#recorder.record({ testId, variant, metric, value, options });
  }

  /** What is known now, everything recorded before the call included. @throws SluiceError `notFound` */
  async getTestResults(testId: string): Promise<TestResults> {
    await this.#runtime.ready;
    const experiment = experimentOf(this.#runtime.view.experiments, testId);
    return keptLook(this.#runtime, experiment, async (totals) => {
      this.#recorder.learn(experiment, totals);
      return [
        ...(experiment.phase === 'stopped' ? [] : this.#advice(experiment)),
        ...(await eligibilityWarnings(this.#runtime, experiment)),
        ...this.#recorder.warnings(experiment),
      ];
    });
  }

  /** @throws SluiceError `notFound` */
  getTest(testId: string): TestDetails {
    return describeTest(experimentOf(this.#runtime.view.experiments, testId));
  }

  /** Those that were archived only with `archived: true`; by phase and by tag where given. */
  listTests(filter: TestFilter = {}): TestDetails[] {
    return listedTests(this.#runtime.view.experiments.values(), filter);
  }
}
