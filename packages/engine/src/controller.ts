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
  type SluiceRecord,
  transition,
} from '@sluice/core';
import type { MetricSource } from './metrics/metric-source.ts';
import { RolloutFactsGatherer } from './rollout-facts.ts';
import { RolloutLeases } from './rollout-leases.ts';
import type { Runtime } from './runtime.ts';
import { CONTROLLER, TestSteps } from './test-steps.ts';
import { ValidationRuns } from './validation-runs.ts';
import type { ValidatorRegistry } from './validators.ts';
import { WorkingRollouts } from './working-rollouts.ts';

/** Clocks that ran on are kept this often, or 60 times in a bake, whichever is rarer. */
const CHECKPOINT_MS = 5_000;
const RETRY_MS = 1_000;
/** A wall clock that is set forward meanwhile is noticed so soon. */
const LONGEST_WAIT_MS = 60_000;

/** A look that is under way, and the one that was asked for meanwhile. */
interface Looking {
  readonly done: Promise<void>;
  again: Promise<void> | null;
}

export class Controller {
  readonly leases: RolloutLeases;
  readonly #runtime: Runtime;
  readonly #gatherer: RolloutFactsGatherer;
  readonly #runs: ValidationRuns;
  readonly #working: WorkingRollouts;
  readonly #tests: TestSteps;
  readonly #looking = new Map<string, Looking>();
  /** By key; what was never looked at is due when its record says. */
  readonly #nextLookAt = new Map<string, number>();
  #timer: { readonly at: number; readonly cancel: () => void } | null = null;
  /** The clock at the last look around. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(runtime: Runtime, validators: ValidatorRegistry, sources: ReadonlyMap<string, MetricSource>) {
    this.#runtime = runtime;
    this.leases = new RolloutLeases(runtime, validators);
    this.#working = new WorkingRollouts(runtime.clock);
    this.#tests = new TestSteps(runtime);
    this.#runs = new ValidationRuns(runtime, validators);
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
    return this.#working.of(record).rollout;
  }

  /** What a criterion of the plan can never be measured by here, in words; null when all can. */
  sourceProblem(key: string, plan: Rollout['plan']): string | null {
    return this.#gatherer.sourceProblem(key, plan, this.#runtime.view.flag(key) ?? null);
  }

  /** Looks at a rollout or test now, whether or not it is due; after a look that is under way, once for all who ask meanwhile. */
  look(key: string): Promise<void> {
    const id = this.#idOf(key);
    const current = this.#looking.get(id);
    if (current !== undefined) {
      current.again ??= current.done.then(() => this.look(key));
      return current.again;
    }
    const done = Promise.resolve()
      .then(() => this.#lookNow(key))
      .then(() => {
        this.#looking.delete(id);
        this.#arm();
      });
    this.#looking.set(id, { done, again: null });
    this.#runtime.clock.track(done);
    return done;
  }

  /** A look at a rollout that was replaced may still wait for its metric source; the next one does not wait with it. */
  #idOf(key: string): string {
    return `${key}/${this.#runtime.view.rollouts.get(key)?.number ?? 0}`;
  }

  /** A flag that changed while a rollout moves it may have drifted or been killed: that is looked at without waiting. */
  #notice(records: readonly SluiceRecord[]): void {
    const now = this.#runtime.clock.now();
    const accompanied = new Set(records.flatMap(({ kind, key }) => (kind === 'flag' ? [] : [key])));
    for (const record of records) {
      const { kind, key } = record;
      if ((kind === 'rollout' || kind === 'experiment') && record.dueAt !== null)
        this.#nextLookAt.set(key, this.#recordedDue(record));
      if (kind === 'flag' && !accompanied.has(key)) this.#nextLookAt.set(key, now);
    }
    this.#arm();
  }

  /** What is being looked at is armed for when that is over, so that a slow metric source keeps nobody else waiting and no looks pile up. */
  #arm(): void {
    if (this.#isClosed) return;
    const dueAt = this.#waiting().reduce((least, record) => Math.min(least, this.#dueOf(record)), Number.POSITIVE_INFINITY);
    const at = Math.min(dueAt, this.#runtime.clock.now() + LONGEST_WAIT_MS);
    if (this.#timer !== null && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (!Number.isFinite(dueAt)) return;
    const cancel = this.#runtime.clock.schedule(at, () => this.#lookAround(), { keepAlive: true });
    this.#timer = { at, cancel };
  }

  #waiting(): (Rollout | Experiment)[] {
    return this.#runtime.view.active().filter(({ key }) => !this.#looking.has(this.#idOf(key)));
  }

  #dueOf(record: Rollout | Experiment): number {
    const dueAt = this.#nextLookAt.get(record.key) ?? this.#recordedDue(record);
    // A test's next hour would else move on as the clock reaches it.
    if (record.kind === 'experiment') this.#nextLookAt.set(record.key, dueAt);
    return dueAt;
  }

  #recordedDue(record: Rollout | Experiment): number {
    return record.kind === 'experiment' ? this.#tests.dueOf(record) : (record.dueAt ?? Number.POSITIVE_INFINITY);
  }

  #lookAround(): void {
    this.#timer = null;
    const now = this.#runtime.clock.now();
    // By a clock that was set back nothing would be due until it is there again, and harm would go unseen.
    const wasSetBack = now < this.#lookedAt;
    this.#lookedAt = now;
    const due = this.#waiting().filter((record) => wasSetBack || this.#dueOf(record) <= now);
    for (const key of new Set(due.map((record) => record.key))) void this.look(key);
    this.#arm();
  }

  async #lookNow(key: string): Promise<void> {
    if (this.#isClosed) return;
    const { clock, view } = this.#runtime;
    this.#nextLookAt.delete(key);
    try {
      const rollout = view.rollouts.get(key);
      if (rollout !== undefined && !isEnded(rollout.phase)) await this.#step(rollout);
      const experiment = view.experiments.get(key);
      if (experiment === undefined) return;
      await this.#tests.step(experiment);
    } catch (error) {
      this.#runtime.problem(error);
      // What is due stays due: without a pause, a store that refuses would be asked without end.
      this.#nextLookAt.set(key, clock.now() + RETRY_MS);
    }
  }

  /** Unless something that happened meanwhile is to be looked at sooner. */
  #lookNext(key: string, at: number): void {
    if (!this.#nextLookAt.has(key)) this.#nextLookAt.set(key, at);
  }

  async #step(record: Rollout): Promise<void> {
    const isAble = this.leases.isAble(record);
    if (isAble && !(await this.#mayAct(record))) return this.#gatherer.handOn(record.key);
    const { rollout, keptAt } = this.#working.of(record);
    const facts = await this.#gatherer.gather(rollout, this.#runs.newsFor(rollout));
    const now = this.#runtime.clock.now();
    const step = transition(rollout, { type: 'tick', facts }, now);
    if (isRefusal(step)) return;
    if (step.validate !== null) this.#runs.begin(rollout, step.validate, () => this.#heard(rollout.key));
    const isProgressDue = rollout.phase.name !== 'held' && now - keptAt >= Math.max(CHECKPOINT_MS, bakeOf(rollout) / 60);
    if (step.changed || facts.validation !== null || (rollout.progress !== null && isProgressDue)) {
      if (isAble || (await this.#mayAct(record))) await this.#commit(rollout, facts, step.changed);
    } else this.#working.moveOn({ rollout: step.rollout, keptAt });
    this.#lookNext(record.key, step.rollout.dueAt ?? now);
  }

  /** Whether this process drives the rollout. While another does, it is asked again before that one's lease can have run out twice. */
  async #mayAct(record: Rollout): Promise<boolean> {
    const may = await this.leases.mayAct(record);
    if (!may) this.#nextLookAt.set(record.key, this.#runtime.clock.now() + this.#runtime.leaseMs / 3);
    return may;
  }

  #heard(key: string): Promise<void> | void {
    if (!this.#isClosed) return this.look(key);
  }

  /** Decides again inside the commit, on the flag as it is then, unless somebody else has moved the rollout meanwhile. */
  async #commit(rollout: Rollout, facts: RolloutFacts, isTransition: boolean): Promise<void> {
    const evidence = isTransition ? await this.#gatherer.evidence(rollout) : {};
    const committed = await this.leases.commit(rollout, (view, now) => {
      if (view.rollouts.get(rollout.key)?.revision !== rollout.revision) return null;
      const flag = view.flag(rollout.key);
      const input = { type: 'tick', facts: { ...facts, flag: flag ?? null } } as const;
      return planTransition(rollout, flag, input, { actor: CONTROLLER, reason: '' }, now, evidence);
    });
    if (committed !== null) this.#runs.settle(rollout.key, facts.validation);
  }

  /** Keeps the clocks, so that the next process bakes only the rest. */
  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#runs.close();
    await Promise.all([...this.#looking.values()].map(({ done, again }) => again ?? done));
    for (const { rollout } of this.#working.all()) {
      if (isEnded(rollout.phase) || !this.leases.holds(rollout)) continue;
      await this.leases
        .commit(rollout, (view) =>
          view.rollouts.get(rollout.key)?.revision === rollout.revision
            ? { records: [{ ...rollout, revision: rollout.revision + 1 }], events: [] }
            : null,
        )
        .catch((error: unknown) => this.#runtime.problem(error));
    }
    await this.leases.releaseAll();
  }
}

function bakeOf(rollout: Rollout): number {
  return rollout.plan.stages[currentStage(rollout.phase) ?? -1]?.bakeMs ?? 0;
}
