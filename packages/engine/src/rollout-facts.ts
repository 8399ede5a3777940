/** Gathers what core needs to know to decide a rollout's next step. */
import {
  type Criterion,
  controlRange,
  currentStage,
  type Flag,
  hasControl,
  type JsonObject,
  type Measurement,
  parseMetric,
  type Rollout,
  type RolloutFacts,
  slowMetricOf,
  splitWeights,
  type Validation,
  WHOLE_SHARE,
  worstMeasurement,
} from '@sluice/core';
import { poolOf } from './components/version-pool.ts';
import { StageExposures, type StageReach, slowSubject, stageSubject } from './exposure-watches.ts';
import { describeFailure } from './failure.ts';
import { METRIC_DEADLINE_MS, type MetricSource } from './metrics/metric-source.ts';
import type { Runtime } from './runtime.ts';
import type { ValidatorRegistry } from './validators.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

export class RolloutFactsGatherer {
  readonly #runtime: Runtime;
  readonly #validators: ValidatorRegistry;
  readonly #sources: ReadonlyMap<string, MetricSource>;

  constructor(runtime: Runtime, validators: ValidatorRegistry, sources: ReadonlyMap<string, MetricSource>) {
    this.#runtime = runtime;
    this.#validators = validators;
    this.#sources = sources;
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
      ...(await this.#comparedUnits(rollout, flag, criteria)),
      ...(await this.#versionProblem(rollout, flag)),
      measurements: await Promise.all(criteria.map((criterion) => this.#measure(criterion, rollout, flag))),
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
    const totals = await this.#runtime.store.readTotals(rollout.scope, stageSubject(rollout, stage));
    const flag = this.#runtime.view.flag(rollout.key);
    const units = newVariants(flag).map((variant) => totals.arms[variant ?? '']?.exposed ?? 0);
    return { unitsWithError: units.reduce((sum, count) => sum + count, 0) };
  }

  /** What criteria compare: of each stage so far that had a control, how many units met an error, or were slow, on the change and beside it. */
  async #comparedUnits(
    rollout: Rollout,
    flag: Flag | null,
    criteria: readonly Criterion[],
  ): Promise<Pick<RolloutFacts, 'errorUnits' | 'slowUnits'>> {
    const comparing = criteria.filter(({ versusControl }) => versusControl !== undefined);
    if (flag === null || comparing.length === 0) return {};
    await this.#runtime.facts.flush();
    const isErrors = comparing.some(({ slowerThan }) => slowerThan === undefined);
    const slow = criteria.map((criterion) => {
      const [metric, limit] = [slowMetricOf(criterion), criterion.slowerThan];
      if (metric === null || limit === undefined) return null;
      return this.#unitsOf(rollout, flag, (stage) => slowSubject(rollout, stage, metric, limit));
    });
    return {
      ...(isErrors ? { errorUnits: await this.#unitsOf(rollout, flag, (stage) => stageSubject(rollout, stage)) } : {}),
      ...(slow.some((one) => one !== null) ? { slowUnits: await Promise.all(slow) } : {}),
    };
  }

  /** Of each stage so far that had a control, the units that its subject has on both sides. */
  #unitsOf(rollout: Rollout, flag: Flag, subjectOf: (stage: number) => string): Promise<NonNullable<RolloutFacts['errorUnits']>> {
    const current = currentStage(rollout.phase) ?? -1;
    const compared = rollout.plan.stages.slice(0, current + 1).flatMap((stage, index) => {
      return stage.share !== null && hasControl(rollout, stage) ? [{ index, canaryShare: stage.share / WHOLE_SHARE }] : [];
    });
    const counts = compared.map(async ({ index, canaryShare }) => {
      const { arms } = await this.#runtime.store.readTotals(rollout.scope, subjectOf(index));
      const met = (variant: string | undefined): number => arms[variant ?? '']?.exposed ?? 0;
      const canaryEvents = newVariants(flag).reduce((sum, variant) => sum + met(variant), 0);
      return { canaryEvents, baselineEvents: met(flag.offVariant), canaryShare };
    });
    return Promise.all(counts);
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
      return asked instanceof Promise ? await this.#withinDeadline(asked, criterion) : asked;
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

  #withinDeadline(measured: Promise<Measurement>, criterion: Criterion): Promise<Measurement> {
    const { clock } = this.#runtime;
    return new Promise((resolve, reject) => {
      const message = `metric source "${criterion.source}" gave no answer within ${METRIC_DEADLINE_MS} ms`;
      const cancel = clock.schedule(
        clock.now() + METRIC_DEADLINE_MS,
        () => resolve({ kind: 'error', cause: 'provider', message }),
        { keepAlive: true },
      );
      measured.then(resolve, reject).finally(cancel);
    });
  }
}

/** What units that are in are served: every variant of a split, else the on variant. */
function newVariants(flag: Flag | null | undefined): readonly (string | undefined)[] {
  if (flag === null || flag === undefined || flag.split.length === 0) return [flag?.onVariant];
  const served = splitWeights(flag.split).filter(({ variant, share }) => share > 0 && variant !== flag.offVariant);
  return served.length === 0 ? [flag.onVariant] : served.map(({ variant }) => variant);
}

function badQuery(message: string): Measurement {
  return { kind: 'error', cause: 'badQuery', message };
}

function noSource(name: string): string {
  const how = name === 'collector' ? 'pass { metrics } to RolloutManager' : `addMetricSource("${name}", …)`;
  return `there is no metric source "${name}"; ${how}`;
}

function providerError(criterion: Criterion, error: unknown): Measurement {
  const message = `metric source "${criterion.source}" failed: ${describeFailure(error)}`;
  return { kind: 'error', cause: 'provider', message };
}
