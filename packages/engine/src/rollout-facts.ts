/** Gathers what core needs to know to decide a rollout's next step. */
import {
  type Criterion,
  controlRange,
  currentStage,
  type Flag,
  type JsonObject,
  type Measurement,
  parseMetric,
  type Rollout,
  type RolloutFacts,
  type Validation,
  worstMeasurement,
} from '@sluice/core';
import { ComparisonFacts } from './comparison-facts.ts';
import { poolOf } from './components/version-pool.ts';
import { describeFailure } from './failure.ts';
import type { MetricSource } from './metrics/metric-source.ts';
import { withinDeadline } from './metrics/within-deadline.ts';
import { newVariants } from './new-variants.ts';
import type { Runtime } from './runtime.ts';
import { StageExposures, type StageReach } from './stage-exposures.ts';
import { unitsWithErrors } from './units-with-errors.ts';
import type { ValidatorRegistry } from './validators.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

export class RolloutFactsGatherer {
  readonly #runtime: Runtime;
  readonly #validators: ValidatorRegistry;
  readonly #sources: ReadonlyMap<string, MetricSource>;
  readonly #comparisons: ComparisonFacts;

  constructor(runtime: Runtime, validators: ValidatorRegistry, sources: ReadonlyMap<string, MetricSource>) {
    this.#runtime = runtime;
    this.#validators = validators;
    this.#sources = sources;
    this.#comparisons = new ComparisonFacts(runtime, sources);
  }

  async gather(rollout: Rollout, validation: Validation | null): Promise<RolloutFacts> {
    const flag = this.#runtime.view.flag(rollout.key) ?? null;
    const stage = currentStage(rollout.phase);
    const criteria = stage === null ? [] : (rollout.plan.stages[stage]?.criteria ?? []);
    const name = rollout.plan.validatorName;
    return {
      flag,
      validator: name === null ? 'none' : this.#validators.get(name) === undefined ? 'missing' : 'registered',
      sourceProblem: rollout.phase.name === 'preflight' ? this.sourceProblem(rollout.key, rollout.plan, flag) : null,
      validation,
      freezeWindows: this.#runtime.freezeWindows,
      segments: this.#runtime.view.segments,
      ...(await this.#reach(rollout.key)),
      ...(await this.#versionProblem(rollout, flag)),
      measurements: await Promise.all(criteria.map((criterion) => this.#measure(criterion, rollout, flag))),
      // After them: what was measured then has its unit in the ledger.
      ...(await this.#comparisons.gather(rollout, flag)),
      controls: await Promise.all(criteria.map((criterion, index) => this.#control(criterion, index, rollout, flag))),
    };
  }

  /**
   * What can never be measured must not be found out with traffic on it. Only what answers at once is asked: a slow source is
   * found slow by the first stage, which holds.
   */
  sourceProblem(key: string, plan: Rollout['plan'], flag: Flag | null): string | null {
    const now = this.#runtime.clock.now();
    for (const criterion of new Set(plan.stages.flatMap((stage) => stage.criteria))) {
      const uncounted = this.#comparisons.problemOf(criterion);
      if (uncounted !== null) return `criterion "${criterion.name}" cannot be compared with the control: ${uncounted}`;
      const measurement = this.#ask(criterion, key, flag?.onVariant, { from: now - criterion.windowMs, to: now });
      if (measurement instanceof Promise) measurement.catch(() => {});
      else if (measurement.kind === 'error' && measurement.cause === 'badQuery')
        return `criterion "${criterion.name}" cannot be measured: ${measurement.message}`;
    }
    return null;
  }

  /** Units that met at least one error in this stage, where errors were counted with their unit. */
  async evidence(rollout: Rollout): Promise<JsonObject> {
    const stage = currentStage(rollout.phase);
    if (stage === null) return {};
    await this.#runtime.facts.flush();
    const met = await unitsWithErrors(this.#runtime.store, rollout, stage);
    const units = newVariants(this.#runtime.view.flag(rollout.key)).map((variant) => met[variant ?? ''] ?? 0);
    return { unitsWithError: units.reduce((sum, count) => sum + count, 0) };
  }

  /**
   * A version that cannot be loaded must not get traffic; one that is loaded now keeps nobody waiting in the first stage. Nor is anybody led
   * away from a version that a kill could not give back.
   */
  async #versionProblem(rollout: Rollout, flag: Flag | null): Promise<Pick<RolloutFacts, 'versionProblem'>> {
    if (rollout.phase.name !== 'preflight' || flag === null || !flag.isComponent) return {};
    const target = rollout.plan.toVariant ?? flag.onVariant;
    const problem = await poolOf(this.#runtime).rolloutProblem(rollout.key, target, flag.offVariant);
    return problem === null ? {} : { versionProblem: problem };
  }

  /** Tells whoever drives the rollout of the units and evaluations that this process had. */
  async handOn(key: string): Promise<void> {
    await this.#reach(key);
  }

  async #reach(key: string): Promise<StageReach> {
    const watch = this.#runtime.view.flags.get(key)?.watch;
    return watch instanceof StageExposures ? watch.count() : { exposures: 0, seen: 0, asked: 0, served: 0 };
  }

  async #measure(criterion: Criterion, rollout: Rollout, flag: Flag | null): Promise<Measurement> {
    const now = this.#runtime.clock.now();
    const enteredAt = Math.min(rollout.progress?.enteredAt ?? now, now);
    const range = { from: Math.max(now - criterion.windowMs, enteredAt), to: now };
    const asked = newVariants(flag).map((variant) => this.#answer(criterion, rollout.key, variant, range));
    return worstMeasurement(criterion, await Promise.all(asked), range.from === enteredAt);
  }

  /** The silence of one of several new variants that are rolled out together is not told from that of its few units. */
  async #control(criterion: Criterion, index: number, rollout: Rollout, flag: Flag | null): Promise<Measurement | null> {
    const now = this.#runtime.clock.now();
    const from = controlRange(rollout, criterion, index, now);
    if (from === null || flag === null || newVariants(flag).length > 1) return null;
    return this.#answer(criterion, rollout.key, flag.offVariant, { from, to: now });
  }

  /** An answer whatever the source does. */
  async #answer(criterion: Criterion, key: string, variant: string | undefined, range: Range): Promise<Measurement> {
    try {
      const asked = this.#ask(criterion, key, variant, range);
      return asked instanceof Promise ? await withinDeadline(asked, criterion.source, this.#runtime.clock) : asked;
    } catch (error) {
      return providerError(criterion, error);
    }
  }

  #ask(criterion: Criterion, key: string, variant: string | undefined, range: Range): Measurement | Promise<Measurement> {
    const source = this.#sources.get(criterion.source);
    if (source === undefined) return badQuery(noSource(criterion.source));
    const query = parseMetric(criterion.metric);
    if ('message' in query) return badQuery(query.message);
    try {
      return source.measure(query, { flag: key, variant, ...range });
    } catch (error) {
      return providerError(criterion, error);
    }
  }
}

function badQuery(message: string): Measurement {
  return { kind: 'error', cause: 'badQuery', message };
}

function noSource(name: string): string {
  const how =
    name === 'collector'
      ? 'pass { metrics } to RolloutManager'
      : `addMetricSource("${name}", …), or in a server its settings (SLUICE_METRIC_SOURCES)`;
  return `there is no metric source "${name}"; ${how}`;
}

function providerError(criterion: Criterion, error: unknown): Measurement {
  const message = `metric source "${criterion.source}" failed: ${describeFailure(error)}`;
  return { kind: 'error', cause: 'provider', message };
}
