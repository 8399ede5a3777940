/**
 * What was answered since it was last settled, in order of time. An answer writes one line here and touches nothing else of a
 * flag's statistics; settling many at once lets the processor wait for many flags' counters at the same time.
 */
import type { CompiledFlag } from './compile.ts';
import { hashOfKey, slotOf, unitKeyOf, variantIndexOf } from './evaluate.ts';
import { FlagMeter } from './flag-meter.ts';
import type { Unit } from './unit.ts';

/** A flag with what counts its answers. */
export interface MeteredFlag {
  readonly compiled: CompiledFlag;
  /** Null until an answer is counted, because most flags of a large file are never asked. */
  meter: FlagMeter | null;
}

/** Settling a full log takes some tens of microseconds, which one evaluation has to bear. */
const CAPACITY = 1024;
/** Beyond the bits of a slot: whether a unit was served, whose lanes follow. */
const MET_UNIT = 1 << 16;

export class AnswerLog {
  readonly #flags: MeteredFlag[] = [];
  /** Per answer its slot and both lanes of the unit's hash. */
  readonly #words = new Int32Array(3 * CAPACITY);
  #length = 0;

  /** Throws what reading a hostile unit throws, and then has counted nothing. */
  add(live: MeteredFlag, outcome: number, unit: Unit | null | undefined): void {
    const key = unitKeyOf(live.compiled, unit);
    const at = 3 * this.#length;
    if (variantIndexOf(outcome) < 0 || key === null) {
      this.#words[at] = slotOf(outcome);
    } else {
      const { high, low } = hashOfKey(key);
      this.#words[at] = slotOf(outcome) | MET_UNIT;
      this.#words[at + 1] = high;
      this.#words[at + 2] = low;
    }
    this.#flags[this.#length] = live;
    this.#length += 1;
    if (this.#length === CAPACITY) this.settle();
  }

  /** Counts every answer with its flag. */
  settle(): void {
    const words = this.#words;
    for (let index = 0; index < this.#length; index++) {
      const at = 3 * index;
      const word = words[at] as number;
      const live = this.#flags[index] as MeteredFlag;
      live.meter ??= new FlagMeter(live.compiled);
      const { meter } = live;
      meter.count(slotOf(word));
      if (word >= MET_UNIT) meter.meet(variantIndexOf(word), words[at + 1] as number, words[at + 2] as number);
    }
    this.#length = 0;
  }
}
