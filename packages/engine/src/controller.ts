/**
 * Drives what is under way: looks at every rollout and test when it is due, gathers facts, lets core decide and commits the decision.
 * It holds no rule of its own, and no timer is the truth: what is due stands in the records.
 */
import {
  currentStage,
  type Experiment,
  isEnded,
  isRefusal,
  planTransition,
  type Rollout,
  type RolloutFacts,
  stopExperiment,
  transition,
  type Validation,
} from '@sluice/core';
import type { MetricSource } from './metrics/metric-source.ts';
import { RolloutFactsGatherer } from './rollout-facts.ts';
import { LEASE_MS, RolloutLeases } from './rollout-leases.ts';
import type { Runtime } from './runtime.ts';
import { runValidator, type ValidatorRegistry } from './validators.ts';

/** Clocks that ran on are kept this often, or 60 times in a bake, whichever is rarer. */
const CHECKPOINT_MS = 5_000;
const RETRY_MS = 1_000;

const CONTROLLER = 'sluice';

/** The record with clocks further on than the kept one of the same revision, and when that was kept. */
interface Working {
  readonly rollout: Rollout;
  readonly keptAt: number;
}

export class Controller {
  readonly #runtime: Runtime;
  readonly #validators: ValidatorRegistry;
  readonly #gatherer: RolloutFactsGatherer;
  readonly #working = new Map<string, Working>();
  readonly #validations = new Map<string, Validation>();
  readonly #validating = new Set<string>();
  readonly #looking = new Map<string, Promise<void>>();
  readonly #dueAt = new Map<string, number>();
  /** Rollouts that another process drives or that could not be looked at, and when to ask again. */
  readonly #notBefore = new Map<string, number>();
  readonly #leases: RolloutLeases;
  #timer: { readonly at: number; readonly cancel: () => void } | null = null;
  /** The clock at the last look around. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(runtime: Runtime, validators: ValidatorRegistry, sources: ReadonlyMap<string, MetricSource>) {
    this.#runtime = runtime;
    this.#validators = validators;
    this.#leases = new RolloutLeases(runtime, validators);
    this.#gatherer = new RolloutFactsGatherer(runtime, validators, sources);
    runtime.observe(({ records }) => this.#notice(records));
    runtime.onClose(() => this.#close());
    runtime.ready.then(
      () => this.#arm(),
      () => {},
    );
  }

  /** The record with its clocks as they are now. */
  latest(record: Rollout): Rollout {
    return this.#workingOf(record).rollout;
  }

  /** Looks at a rollout or test now, whether or not it is due, after any look at the same one that is under way. */
  look(key: string): Promise<void> {
    // A look at a rollout that this one replaced may still wait for its metric source; nobody else has to.
    const id = `${key}/${this.#runtime.view.rollouts.get(key)?.number ?? 0}`;
    const before = this.#looking.get(id) ?? Promise.resolve();
    const look = before.then(() => this.#lookNow(key));
    this.#looking.set(id, look);
    this.#runtime.clock.track(look);
    return look.finally(() => {
      if (this.#looking.get(id) === look) this.#looking.delete(id);
    });
  }

  /** A flag that changed while a rollout moves it may have drifted or been killed: that is looked at without waiting. */
  #notice(records: readonly { readonly kind: string; readonly key: string }[]): void {
    const now = this.#runtime.clock.now();
    for (const { kind, key } of records) {
      const isAlone = kind === 'flag' && !records.some((other) => other.kind !== 'flag' && other.key === key);
      if (isAlone) this.#dueAt.set(key, now);
    }
    this.#arm();
  }

  #arm(): void {
    if (this.#isClosed) return;
    const dues = this.#runtime.view.active().map((record) => this.#dueOf(record));
    const at = Math.min(...dues);
    if (this.#timer !== null && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (!Number.isFinite(at)) return;
    const cancel = this.#runtime.clock.schedule(at, () => this.#lookAround(), { keepAlive: true });
    this.#timer = { at, cancel };
  }

  #dueOf(record: Rollout | Experiment): number {
    const working = record.kind === 'rollout' ? this.#workingOf(record).rollout : record;
    const due = Math.min(this.#dueAt.get(record.key) ?? Number.POSITIVE_INFINITY, working.dueAt ?? Number.POSITIVE_INFINITY);
    return Math.max(due, this.#notBefore.get(record.key) ?? 0);
  }

  async #lookAround(): Promise<void> {
    this.#timer = null;
    const now = this.#runtime.clock.now();
    // By a clock that was set back nothing would be due until it is there again, and harm would go unseen.
    const wasSetBack = now < this.#lookedAt;
    this.#lookedAt = now;
    const due = this.#runtime.view.active().filter((record) => wasSetBack || this.#dueOf(record) <= now);
    await Promise.all(due.map((record) => this.look(record.key)));
    this.#arm();
  }

  async #lookNow(key: string): Promise<void> {
    this.#dueAt.delete(key);
    this.#notBefore.delete(key);
    try {
      const rollout = this.#runtime.view.rollouts.get(key);
      if (rollout !== undefined && !isEnded(rollout.phase)) await this.#step(rollout);
      const experiment = this.#runtime.view.experiments.get(key);
      if (experiment?.phase === 'running' && (experiment.dueAt ?? Number.POSITIVE_INFINITY) <= this.#runtime.clock.now())
        await this.#endTest(key);
    } catch (error) {
      this.#runtime.problem(error);
      // What is due stays due: without a pause, a store that refuses would be asked without end.
      this.#notBefore.set(key, this.#runtime.clock.now() + RETRY_MS);
    }
  }

  async #step(record: Rollout): Promise<void> {
    if (!(await this.#leases.mayAct(record))) {
      this.#notBefore.set(record.key, this.#runtime.clock.now() + LEASE_MS / 3);
      return;
    }
    const { rollout, keptAt } = this.#workingOf(record);
    const facts = await this.#gatherer.gather(rollout, this.#takeValidation(record.key));
    const now = this.#runtime.clock.now();
    const step = transition(rollout, { type: 'tick', facts }, now);
    if (isRefusal(step)) return;
    if (step.validate !== null) this.#validate(rollout, step.validate.percentage, step.validate.atEndOfBake);
    const isProgressDue = now - keptAt >= Math.max(CHECKPOINT_MS, bakeOf(rollout) / 60);
    if (step.changed || isProgressDue) await this.#commit(rollout, facts, step.changed);
    else this.#working.set(record.key, { rollout: step.rollout, keptAt });
  }

  /** Decides again inside the commit, on the flag as it is then, unless somebody else has moved the rollout meanwhile. */
  async #commit(rollout: Rollout, facts: RolloutFacts, isTransition: boolean): Promise<void> {
    const evidence = isTransition ? await this.#gatherer.evidence(rollout) : {};
    await this.#runtime.commit((view, now) => {
      if (view.rollouts.get(rollout.key)?.revision !== rollout.revision) return null;
      const flag = view.flag(rollout.key);
      const input = { type: 'tick', facts: { ...facts, flag: flag ?? null } } as const;
      return planTransition(rollout, flag, input, { actor: CONTROLLER, reason: '' }, now, evidence);
    });
  }

  #workingOf(record: Rollout): Working {
    const working = this.#working.get(record.key);
    if (working !== undefined && working.rollout.revision === record.revision) return working;
    if (working === undefined) return this.#keep(record, resumed(record));
    return this.#keep(record, record);
  }

  #keep(record: Rollout, rollout: Rollout): Working {
    const kept = { rollout, keptAt: this.#runtime.clock.now() };
    this.#working.set(record.key, kept);
    return kept;
  }

  /** An outcome is given to one decision: what it means is then in the record. */
  #takeValidation(key: string): Validation | null {
    const validation = this.#validations.get(key) ?? null;
    this.#validations.delete(key);
    return validation;
  }

  #validate(rollout: Rollout, percentage: number, atEndOfBake: boolean): void {
    const stage = currentStage(rollout.phase);
    const validator = rollout.plan.validatorName === null ? undefined : this.#validators.get(rollout.plan.validatorName);
    if (stage === null || validator === undefined || this.#validating.has(rollout.key)) return;
    this.#validating.add(rollout.key);
    const { clock } = this.#runtime;
    const run = runValidator(validator, percentage, {
      flag: rollout.key,
      deadlineMs: rollout.plan.validatorDeadlineMs,
      clock,
    }).then((result) => {
      this.#validating.delete(rollout.key);
      this.#validations.set(rollout.key, { rollout: rollout.number, stage, atEndOfBake, ...result, at: clock.now() });
      if (!this.#isClosed) return this.look(rollout.key).then(() => this.#arm());
    });
    clock.track(run);
  }

  async #endTest(key: string): Promise<void> {
    await this.#runtime.facts.flush();
    await this.#runtime.commit((view, now) => {
      const experiment = view.experiments.get(key);
      if (experiment?.phase !== 'running') return null;
      return stopExperiment(experiment, view.flag(key), { actor: CONTROLLER, reason: 'the planned duration is over' }, now);
    });
  }

  /** Keeps the clocks, so that the next process bakes only the rest. */
  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await Promise.all(this.#looking.values());
    for (const { rollout } of this.#working.values()) {
      if (isEnded(rollout.phase) || !this.#leases.holds(rollout)) continue;
      await this.#runtime
        .commit((view) =>
          view.rollouts.get(rollout.key)?.revision === rollout.revision
            ? { records: [{ ...rollout, revision: rollout.revision + 1 }], events: [] }
            : null,
        )
        .catch((error: unknown) => this.#runtime.problem(error));
    }
    await this.#leases.releaseAll();
  }
}

/** A rollout found at the start was not watched until now, so that time must not count as baked. */
function resumed(rollout: Rollout): Rollout {
  return rollout.progress === null ? rollout : { ...rollout, progress: { ...rollout.progress, tickedAt: null } };
}

function bakeOf(rollout: Rollout): number {
  const stage = currentStage(rollout.phase);
  return stage === null ? 0 : (rollout.plan.stages[stage]?.bakeMs ?? 0);
}
