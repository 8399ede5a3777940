/** What a rollout's stage knows of the units that it was asked for: how many it served, and whom the bucket did not draw. */
import {
  type CompiledFlag,
  type DistinctCount,
  distinctFromIndices,
  distinctRegisters,
  emptyTally,
  estimateRegisters,
  hashOfKey,
  isDrawn,
  isUsableKey,
  newRegisters,
  type RolloutFacts,
  raise,
  type Unit,
  variantIndexOf,
} from '@sluice/core';
import type { Clock } from './clock/clock.ts';
import type { FactsBuffer } from './facts-buffer.ts';
import type { ExposureWatch } from './live-flag.ts';
import type { Store } from './store/store.ts';
import { ToldUnits } from './told-units.ts';
import type { View } from './view.ts';

interface Deps {
  readonly view: View;
  readonly facts: FactsBuffer;
  readonly store: Store;
  readonly clock: Clock;
}

export interface StageAudience {
  /** Groups alone decide who is in. */
  readonly isByGroups: boolean;
  /** Its criteria compare with the control. */
  readonly isCompared: boolean;
}

/** Undrawn units are remembered whatever they were served. */
const ANY_VARIANT = 0;

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
  readonly #audience: StageAudience;
  readonly #undrawn = new ToldUnits();
  readonly #exposed = new DistinctUnits();
  readonly #seen = new DistinctUnits();
  /** Evaluations since they were last handed on. */
  #asked = 0;
  #served = 0;
  /** Those that the store has, of all processes. */
  #kept: Readonly<Record<string, number>> = {};

  constructor(subject: string, audience: StageAudience, deps: Deps) {
    this.subject = subject;
    this.#audience = audience;
    this.#deps = deps;
  }

  exposed(flag: CompiledFlag, outcome: number, key: string | number, unit: Unit | undefined): void {
    this.#asked += 1;
    const { isByGroups, isCompared } = this.#audience;
    if (isByGroups) this.#seen.meet(key);
    if (isCompared && !isDrawn(outcome)) this.#noteUndrawn(key, unit);
    if (!isNew(flag, variantIndexOf(outcome)) || (isByGroups && isDrawn(outcome))) return;
    this.#served += 1;
    this.#exposed.meet(key);
  }

  /** Whether this process was asked for the unit and a list, a group, a condition or a rule decided. */
  isUndrawn(key: string): boolean {
    return this.#undrawn.has(ANY_VARIANT, hashOfKey(key));
  }

  /** The same of a unit that another process was asked for and told this one of. */
  toldUndrawn(key: string): void {
    if (this.#audience.isCompared) this.#noteUndrawn(key, undefined);
  }

  /** By its user too, where something else is assigned: errors may be counted by either. */
  #noteUndrawn(key: string | number, unit: Unit | undefined): void {
    this.#undrawn.add(ANY_VARIANT, hashOfKey(key));
    const user = unit?.userId;
    if (user !== undefined && user !== key && isUsableKey(user)) this.#undrawn.add(ANY_VARIANT, hashOfKey(user));
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
export function isNew(flag: CompiledFlag, variant: number): boolean {
  if (variant === flag.off) return false;
  return variant === flag.on || (flag.split?.some((part) => part.variant === variant) ?? false);
}
