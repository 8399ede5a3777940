/** Keeps, for every flag that a test or a rollout's stage runs on, who is told of the units it serves. */
import {
  type ComparedBy,
  type CompiledFlag,
  currentStage,
  dimensionsOf,
  driftOf,
  type Experiment,
  hashDigits,
  hashOfKey,
  isDrawn,
  isWithinShare,
  type Rollout,
  subjectOf,
  type Unit,
  variantIndexOf,
} from '@sluice/core';
import type { Clock } from './clock/clock.ts';
import type { FactsBuffer } from './facts-buffer.ts';
import type { Listeners } from './listeners.ts';
import type { ExposureWatch } from './live-flag.ts';
import type { SluiceEvents } from './sluice-events.ts';
import { type StageAudience, StageExposures } from './stage-exposures.ts';
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

/** Beside a subject that is compared: what units met whom the bucket did not draw. */
export function undrawnSubject(subject: string): string {
  return `${subject}/undrawn`;
}

/** Of a stage: units that met a value of the metric above so much. */
export function slowSubject(rollout: Rollout, stage: number, metric: string, slowerThan: number): string {
  return `${stageSubject(rollout, stage)}/slow/${slowerThan}/${metric}`;
}

/** Of a stage: the mean of a metric for each unit, or its values where units are not known. */
export function meanSubject(rollout: Rollout, stage: number, metric: string, by: ComparedBy): string {
  return `${stageSubject(rollout, stage)}/mean/${by}/${metric}`;
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

/** Whether groups alone decide who is in at the present stage. */
export function isByGroups(rollout: Rollout): boolean {
  return rollout.plan.stages[currentStage(rollout.phase) ?? 0]?.share === null;
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
      else live.watch = new StageExposures(subject, this.#audienceOf(key), this.#deps);
    }
  }

  #audienceOf(key: string): StageAudience {
    const rollout = this.#deps.view.rollouts.get(key);
    const stage = rollout?.plan.stages[currentStage(rollout.phase) ?? 0];
    return {
      isByGroups: rollout !== undefined && isByGroups(rollout),
      isCompared: stage?.criteria.some(({ versusControl }) => versusControl !== undefined) ?? false,
    };
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
