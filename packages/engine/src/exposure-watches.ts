/** Keeps, for every flag that a test or a rollout's stage runs on, who is told of the units it serves. */
import {
  type ComparedBy,
  type CompiledFlag,
  currentStage,
  type DistinctCount,
  dimensionsOf,
  distinctFromIndices,
  distinctRegisters,
  driftOf,
  type Experiment,
  emptyTally,
  estimateRegisters,
  hashDigits,
  hashOfKey,
  isDrawn,
  isWithinShare,
  newRegisters,
  type Rollout,
  type RolloutFacts,
  raise,
  subjectOf,
  type Unit,
  variantIndexOf,
} from '@sluice/core';
import type { Clock } from './clock/clock.ts';
import type { FactsBuffer } from './facts-buffer.ts';
import type { Listeners } from './listeners.ts';
import type { ExposureWatch } from './live-flag.ts';
import type { SluiceEvents } from './sluice-events.ts';
import type { Store } from './store/store.ts';
import { ToldUnits } from './told-units.ts';
import type { View } from './view.ts';

interface Deps {
  readonly view: View;
  readonly facts: FactsBuffer;
  readonly store: Store;
  readonly clock: Clock;
  readonly listeners: Listeners<SluiceEvents>;
}

export function stageSubject(rollout: Rollout, stage: number): string {
  return `rollout/${rollout.key}/${rollout.number}/${stage}`;
}

/** Of a stage: units that met a value of the metric above so much. */
export function slowSubject(rollout: Rollout, stage: number, metric: string, slowerThan: number): string {
  return `${stageSubject(rollout, stage)}/slow/${slowerThan}/${metric}`;
}

/** Of a stage: the mean of a metric for each unit, or its values where units are not known. */
export function meanSubject(rollout: Rollout, stage: number, metric: string, by: ComparedBy): string {
  return `${stageSubject(rollout, stage)}/mean/${by}/${metric}`;
}

/** Distinct units of one kind, over all processes as far as they have flushed. */
class DistinctUnits {
  readonly registers = newRegisters();
  #raised: number[] = [];

  meet(key: string | number): void {
    const hash = hashOfKey(key);
    const raised = raise(this.registers, hash.high, hash.low);
    if (raised >= 0) this.#raised.push(raised);
  }

  /** What is new since the last time; undefined when nothing is. */
  take(): DistinctCount | undefined {
    const raised = this.#raised;
    this.#raised = [];
    return raised.length === 0 ? undefined : distinctFromIndices(this.registers, raised);
  }

  merge(kept: DistinctCount | undefined): void {
    if (kept === undefined) return;
    for (const [index, rank] of distinctRegisters(kept).entries())
      if (rank > (this.registers[index] ?? 0)) this.registers[index] = rank;
  }

  count(): number {
    return Math.round(estimateRegisters(this.registers));
  }
}

/** What came of a stage so far: distinct units, and evaluations of any. */
export type StageReach = Pick<RolloutFacts, 'exposures' | 'seen' | 'asked' | 'served'>;

/**
 * The units that a rollout's stage has served its new variants. Where groups alone decide who is in, only those whom the bucket did not
 * draw: the share lets the others in as before. Then the units that asked are counted too.
 */
export class StageExposures implements ExposureWatch {
  readonly subject: string;
  readonly #deps: Deps;
  readonly #isByGroups: boolean;
  readonly #exposed = new DistinctUnits();
  readonly #seen = new DistinctUnits();
  /** Evaluations since they were last handed on. */
  #asked = 0;
  #served = 0;
  /** Those that the store has, of all processes. */
  #kept: Readonly<Record<string, number>> = {};

  constructor(subject: string, isByGroups: boolean, deps: Deps) {
    this.subject = subject;
    this.#isByGroups = isByGroups;
    this.#deps = deps;
  }

  exposed(flag: CompiledFlag, outcome: number, key: string | number): void {
    this.#asked += 1;
    if (this.#isByGroups) this.#seen.meet(key);
    if (!isNew(flag, variantIndexOf(outcome)) || (this.#isByGroups && isDrawn(outcome))) return;
    this.#served += 1;
    this.#exposed.meet(key);
  }

  /** Takes in what other processes handed on, hands on what is new, and answers the counts. */
  async count(): Promise<StageReach> {
    await this.#load();
    const [exposed, seen] = [this.#exposed.take(), this.#seen.take()];
    if (this.#asked > 0) {
      const now = this.#deps.clock.now();
      const distinct = { ...(exposed === undefined ? {} : { exposed }), ...(seen === undefined ? {} : { seen }) };
      const counts = { asked: this.#asked, served: this.#served };
      this.#deps.facts.addTally(this.subject, { ...emptyTally(), counts, distinct, firstAt: now, lastAt: now });
      [this.#asked, this.#served] = [0, 0];
    }
    const { asked = 0, served = 0 } = this.#kept;
    return { exposures: this.#exposed.count(), seen: this.#seen.count(), asked, served };
  }

  async #load(): Promise<void> {
    const { distinct, counts } = await this.#deps.store.readTally(this.#deps.view.scope, this.subject);
    this.#kept = counts;
    this.#exposed.merge(distinct.exposed);
    this.#seen.merge(distinct.seen);
  }
}

/** Whether a variant is what the rollout brings: the on variant, or one that units which are in divide among. */
function isNew(flag: CompiledFlag, variant: number): boolean {
  if (variant === flag.off) return false;
  return variant === flag.on || (flag.split?.some((part) => part.variant === variant) ?? false);
}

class TestExposures implements ExposureWatch {
  readonly subject: string;
  readonly #testId: string;
  readonly #dimensions: readonly string[];
  readonly #deps: Deps;
  readonly #told = new ToldUnits();

  constructor(experiment: Experiment, deps: Deps) {
    this.subject = subjectOf(experiment);
    this.#testId = experiment.key;
    this.#dimensions = experiment.dimensions;
    this.#deps = deps;
  }

  exposed(flag: CompiledFlag, outcome: number, key: string | number, unit: Unit | undefined): void {
    // Whom a list, a condition or a rule sent to an arm was not drawn: counted, they would make two unlike groups look compared.
    if (!isDrawn(outcome) || !isWithinShare(flag, key)) return;
    const variant = variantIndexOf(outcome);
    const hash = hashOfKey(key);
    if (this.#told.has(variant, hash)) return;
    const arm = flag.variants[variant] ?? '';
    // What was not taken is told of again at the next call.
    const dimensions = this.#dimensions.length === 0 ? null : dimensionsOf(this.#dimensions, unit?.attributes);
    if (!this.#deps.facts.expose(this.subject, hashDigits(hash), arm, dimensions)) return;
    this.#told.add(variant, hash);
    if (this.#deps.listeners.has('exposure'))
      this.#deps.listeners.emit('exposure', { testId: this.#testId, variant: arm, userId: key, at: this.#deps.clock.now() });
  }
}

export class ExposureWatches {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Puts the right watch on the flag of every record that changed. */
  update(records: readonly { readonly key: string }[]): void {
    const { rollouts, experiments } = this.#deps.view;
    if (rollouts.size === 0 && experiments.size === 0) return;
    for (const key of new Set(records.map((record) => record.key))) {
      const { flags } = this.#deps.view;
      const subject = this.#subjectOf(key);
      const live = subject === undefined ? flags.asked(key) : flags.get(key);
      if (live === undefined) continue;
      if (live.watch?.subject === subject) continue;
      const experiment = this.#deps.view.experiments.get(key);
      if (subject === undefined) live.watch = null;
      else if (experiment?.phase === 'running') live.watch = new TestExposures(experiment, this.#deps);
      else live.watch = new StageExposures(subject, this.#isByGroups(key), this.#deps);
    }
  }

  #isByGroups(key: string): boolean {
    const rollout = this.#deps.view.rollouts.get(key);
    return rollout !== undefined && rollout.plan.stages[currentStage(rollout.phase) ?? 0]?.share === null;
  }

  #subjectOf(key: string): string | undefined {
    const experiment: Experiment | undefined = this.#deps.view.experiments.get(key);
    if (experiment?.phase === 'running') {
      const flag = this.#deps.view.flag(key);
      return flag === undefined || flag.status === 'disabled' || driftOf(experiment, flag) !== null
        ? undefined
        : subjectOf(experiment);
    }
    const rollout = this.#deps.view.rollouts.get(key);
    const stage = rollout === undefined || rollout.plan.strategy === 'rollback' ? null : currentStage(rollout.phase);
    return rollout === undefined || stage === null ? undefined : stageSubject(rollout, stage);
  }
}
