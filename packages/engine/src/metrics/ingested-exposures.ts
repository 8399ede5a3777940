/** Exposures and values of tests that came over the network: what they mean to the test or stage that is under way, as if they had been met here. */
import {
  type CompiledFlag,
  dimensionsOf,
  type Experiment,
  hashDigits,
  hashOfKey,
  isUsableKey,
  isWithinShare,
  type Rollout,
  subjectOf,
} from '@sluice/core';
import { isByGroups } from '../exposure-watches.ts';
import { describeValue } from '../failure.ts';
import type { MetricKinds } from '../metric-kinds.ts';
import { isNew, StageExposures } from '../stage-exposures.ts';
import type { FactsBatch, Store } from '../store/store.ts';
import { isOutsideTraffic, testValueOf } from '../test-value.ts';
import { UnitBuffer } from '../unit-buffer.ts';
import type { View } from '../view.ts';
import type { RefusedSample } from './ingested-batch.ts';
import { instantBySender } from './sender-clock.ts';
import { TallyBuilder } from './tally-builder.ts';

/** A unit was served a variant by an SDK that evaluates itself. */
export interface IngestedExposure {
  readonly flag: string;
  readonly variant: string;
  /** What the flag is bucketed by: the key of a user, a tenant. */
  readonly unit: string;
  /** The first time, milliseconds since 1970 by the sender's clock; now unless given. */
  readonly at?: number;
  /** How many evaluations it stands for, from 1; 1 unless given. */
  readonly count?: number;
  /** Whether the bucket decided, and not a list, a condition or a rule. */
  readonly isDrawn: boolean;
  /** What the unit is like, of which a test's dimensions are kept. */
  readonly dimensions?: Readonly<Record<string, string | number | boolean>>;
}

export interface IngestedTestValue {
  readonly test: string;
  readonly variant: string;
  readonly metric: string;
  readonly value: number;
  /** Without it the value stands for itself. */
  readonly unit?: string;
  /** Milliseconds since 1970 by the sender's clock; now unless given. */
  readonly at?: number;
}

export interface GivenFacts {
  readonly exposures: readonly IngestedExposure[];
  readonly values: readonly IngestedTestValue[];
  /** The sender counts its evaluations itself: they are not counted again from exposures. */
  readonly hasTallies: boolean;
}

export interface TakenFacts {
  readonly batch: Pick<FactsBatch, 'tallies' | 'units' | 'observations'>;
  readonly values: readonly IngestedTestValue[];
  readonly refusedExposures: readonly RefusedSample[];
  readonly refusedValues: readonly RefusedSample[];
}

interface Taking {
  readonly view: View;
  readonly kinds: MetricKinds;
  readonly now: number;
  readonly sentAt: number;
}

/** Why something does not count although nothing is wrong: what it was for is over. */
class Over {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Why something does not count, as a sentence. */
type Problem = string | Over;

function refusedBy(problem: Problem, index: number): RefusedSample {
  return typeof problem === 'string' ? { index, message: problem } : { index, message: problem.message, isOver: true };
}

interface Met {
  readonly at: number;
  /** Null when it counts. */
  take(): Problem | null;
  refuse(problem: Problem): void;
}

function takeFacts({ exposures, values, hasTallies }: GivenFacts, taking: Taking): TakenFacts {
  const into = new TakenUnits(taking.view, hasTallies);
  const [refusedExposures, refusedValues]: [RefusedSample[], RefusedSample[]] = [[], []];
  const met: Met[] = exposures.map((exposure, index) => {
    const at = instantBySender(exposure.at, taking);
    return { at, take: () => into.expose(exposure, at), refuse: (problem) => refusedExposures.push(refusedBy(problem, index)) };
  });
  for (const [index, value] of values.entries()) {
    const at = instantBySender(value.at, taking);
    const take = (): string | null => into.record(value, at, taking.kinds);
    met.push({ at, take, refuse: (problem) => refusedValues.push(refusedBy(problem, index)) });
  }
  // In order of time, and exposures before what was met in the same millisecond.
  for (const { at, take, refuse } of met.toSorted((a, b) => a.at - b.at)) {
    const problem = Number.isFinite(at) ? take() : 'its instant is in milliseconds since 1970';
    if (problem !== null) refuse(problem);
  }
  const inOrder = (refused: readonly RefusedSample[]): RefusedSample[] => refused.toSorted((a, b) => a.index - b.index);
  return {
    ...{ batch: into.built(), values: into.recorded },
    ...{ refusedExposures: inOrder(refusedExposures), refusedValues: inOrder(refusedValues) },
  };
}

/** What does not count as far as this process knows is looked at again with what the store has: the sender may have heard of a change first. */
export async function takeFactsOf(given: GivenFacts, taking: Taking, store: Pick<Store, 'refresh'>): Promise<TakenFacts> {
  const taken = takeFacts(given, taking);
  if (taken.refusedExposures.length + taken.refusedValues.length === 0) return taken;
  await store.refresh();
  return takeFacts(given, taking);
}

class TakenUnits {
  readonly #view: View;
  readonly #hasTallies: boolean;
  readonly #units = new UnitBuffer({ keepsInstants: true });
  readonly #tallies = new Map<string, TallyBuilder>();
  readonly recorded: IngestedTestValue[] = [];

  constructor(view: View, hasTallies: boolean) {
    this.#view = view;
    this.#hasTallies = hasTallies;
  }

  expose(exposure: IngestedExposure, at: number): Problem | null {
    const { flag: key, variant, unit, count = 1, isDrawn } = exposure;
    const live = this.#view.flags.get(key);
    if (live === undefined) return `there is no flag ${describeValue(key)}`;
    const index = live.compiled.variants.indexOf(variant);
    if (index < 0) return `flag "${key}" has no variant ${describeValue(variant)}`;
    if (unit === '' || !isUsableKey(unit)) return `the unit must be a text of 1 byte to 1 KiB; it is ${describeValue(unit)}`;
    if (!this.#hasTallies) {
      this.#count(`flag/${key}`, `${variant}/${isDrawn ? 'SPLIT' : 'TARGETING_MATCH'}`, count, at).meet(variant, unit);
    }
    const subject = live.watch?.subject;
    const experiment = this.#view.experiments.get(key);
    if (experiment !== undefined && subject === subjectOf(experiment))
      return this.#exposeToTest(experiment, live.compiled, exposure, at);
    const rollout = this.#view.rollouts.get(key);
    if (subject === undefined || rollout === undefined)
      return new Over(`neither a test nor a stage of a rollout runs on flag "${key}"`);
    if (at < (rollout.progress?.enteredAt ?? at))
      return new Over(`it is from before the present stage of the rollout of "${key}"`);
    if (!isDrawn && live.watch instanceof StageExposures) live.watch.toldUndrawn(unit);
    this.#exposeToStage(rollout, subject, live.compiled, index, exposure, at);
    return null;
  }

  #exposeToTest(experiment: Experiment, flag: CompiledFlag, exposure: IngestedExposure, at: number): string | null {
    const { variant, unit, isDrawn, dimensions } = exposure;
    if (!experiment.arms.some((arm) => arm.variant === variant))
      return `variant "${variant}" is no arm of the test "${experiment.key}"`;
    if (at < (experiment.startedAt ?? at)) return `it is from before the test "${experiment.key}" started`;
    // Whom a list, a condition or a rule sent to an arm was not drawn.
    if (!isDrawn || !isWithinShare(flag, unit)) return null;
    const kept = experiment.dimensions.length === 0 ? null : dimensionsOf(experiment.dimensions, dimensions);
    const digits = hashDigits(hashOfKey(unit));
    this.#units.expose({ subject: subjectOf(experiment), unit: digits, arm: variant, dimensions: kept, at });
    return null;
  }

  #exposeToStage(
    rollout: Rollout,
    subject: string,
    flag: CompiledFlag,
    variant: number,
    { unit, count = 1, isDrawn }: IngestedExposure,
    at: number,
  ): void {
    const tally = this.#count(subject, 'asked', count, at);
    const onlyGroups = isByGroups(rollout);
    if (onlyGroups) tally.meet('seen', unit);
    if (!isNew(flag, variant) || (onlyGroups && isDrawn)) return;
    tally.count('served', count, at);
    tally.meet('exposed', unit);
  }

  #count(subject: string, name: string, by: number, at: number): TallyBuilder {
    const tally = this.#tallies.get(subject) ?? new TallyBuilder();
    this.#tallies.set(subject, tally);
    tally.count(name, by, at);
    return tally;
  }

  record(given: IngestedTestValue, at: number, kinds: MetricKinds): string | null {
    const { test, variant, metric, value, unit } = given;
    const options = unit === undefined ? {} : { userId: unit };
    const named = { testId: test, variant, metric, value, options };
    // It is no mistake, and no later exposure could make it count.
    if (isOutsideTraffic(this.#view, named)) return null;
    const found = testValueOf(this.#view, kinds, named);
    if (typeof found === 'string') return found;
    this.recorded.push(given);
    if (found.unit === null) this.#units.observe(found.subject, found.arm, found.metric, found.value);
    else this.#units.record({ ...found, unit: found.unit, at });
    return null;
  }

  built(): TakenFacts['batch'] {
    const { scope } = this.#view;
    const tallies = Array.from(this.#tallies, ([subject, tally]) => ({ scope, subject, tally: tally.built() }));
    return { tallies, ...this.#units.drain() };
  }
}
