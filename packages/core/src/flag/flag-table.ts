/**
 * Many flags side by side, for asking all of them of one unit: what most flags need to decide lies in one array in order, and
 * a condition that several flags share is asked once. Says what `decide` says.
 */
import { mixHash } from './bucket.ts';
import type { CompiledFlag } from './compile.ts';
import {
  DEFAULT,
  DISABLED,
  decide,
  FEW_RANGES,
  hashOfKey,
  isUsableKey,
  outcomeOf,
  SPLIT,
  STATIC,
  STEP,
  THREW_OUTCOME,
} from './evaluate.ts';
import type { Matcher } from './match.ts';
import type { Unit } from './unit.ts';

/** Words of a flag: salts of its share, the last hash that is in, three outcomes, its condition and its split. */
const [HIGH, LOW, LAST, IN, OUT, FAILED, CONDITION, PARTS, WIDTH] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
/** In place of a condition: a flag with prerequisites, lists, rules or a bucketing attribute is left to `decide`. */
const DECIDED_ALONE = -1;
const NO_PARTS = -1;
const [FAILS, HOLDS, THROWS] = [0, 1, 2];
const always: Matcher = () => true;

/** Hashes are compared as signed numbers, which an array of 32 bits can hold: the unsigned order, moved down by 2^31. */
function lastBelow(threshold: number): number {
  return threshold - 1 - 2 ** 31;
}

export class FlagTable {
  readonly flags: readonly CompiledFlag[];
  readonly keys: readonly string[];
  readonly values: readonly CompiledFlag['values'][];
  readonly #words: Int32Array;
  readonly #conditions: readonly Matcher[];
  /** Per split its two salts and its number of parts, then each part's last hash and outcome; the last one takes every hash that is left. */
  readonly #parts: Int32Array;
  readonly #described = new WeakMap<object, Map<number, unknown>[]>();

  constructor(flags: readonly CompiledFlag[]) {
    this.flags = flags;
    this.keys = flags.map((compiled) => compiled.flag.key);
    this.values = flags.map((compiled) => compiled.values);
    this.#words = new Int32Array(flags.length * WIDTH);
    const conditions = new Map<Matcher, number>([[always, 0]]);
    const parts: number[] = [];
    for (const [index, compiled] of flags.entries()) this.#words.set(wordsOf(compiled, conditions, parts), index * WIDTH);
    this.#conditions = [...conditions.keys()];
    this.#parts = Int32Array.from(parts);
  }

  /** The outcome of every flag, in order. */
  decide(unit: Unit | null | undefined): readonly number[] {
    // A typed array of this size lies outside the heap, and a buffer for every request costs more collecting than deciding does.
    const outcomes = new Array<number>(this.flags.length);
    const key = keyOf(unit);
    if (key === null || unit === null || unit === undefined) {
      for (let index = 0; index < outcomes.length; index++) outcomes[index] = decide(this.flags[index] as CompiledFlag, unit);
      return outcomes;
    }
    const verdicts = this.#verdictsOn(unit);
    // By value: a flag that is decided alone may hash another key meanwhile.
    const { high, low } = hashOfKey(key);
    for (let index = 0; index < outcomes.length; index++) {
      const at = index * WIDTH;
      const condition = this.#words[at + CONDITION] as number;
      outcomes[index] =
        condition === DECIDED_ALONE
          ? decide(this.flags[index] as CompiledFlag, unit)
          : this.#allocate(at, verdicts[condition] as number, high, low);
    }
    return outcomes;
  }

  /** What was made of each flag's answers by outcome, to be filled in; of each `describer` apart, for as long as it lives. */
  described<T>(describer: object): readonly Map<number, T>[] {
    let kept = this.#described.get(describer);
    if (kept === undefined) {
      kept = this.flags.map(() => new Map<number, unknown>());
      this.#described.set(describer, kept);
    }
    return kept as Map<number, T>[];
  }

  #verdictsOn(unit: Unit): Uint8Array {
    const verdicts = new Uint8Array(this.#conditions.length);
    for (let index = 0; index < verdicts.length; index++) {
      try {
        verdicts[index] = this.#conditions[index]?.(unit) === true ? HOLDS : FAILS;
      } catch {
        verdicts[index] = THROWS;
      }
    }
    return verdicts;
  }

  #allocate(at: number, verdict: number, high: number, low: number): number {
    const words = this.#words;
    if (verdict !== HOLDS) return verdict === FAILS ? (words[at + FAILED] as number) : THREW_OUTCOME;
    const mixed = mixHash(high, low, words[at + HIGH] as number, words[at + LOW] as number) ^ 0x80000000;
    if (mixed > (words[at + LAST] as number)) return words[at + OUT] as number;
    const parts = words[at + PARTS] as number;
    return parts === NO_PARTS ? (words[at + IN] as number) : this.#partOf(parts, high, low);
  }

  #partOf(start: number, high: number, low: number): number {
    const parts = this.#parts;
    const mixed = mixHash(high, low, parts[start] as number, parts[start + 1] as number) ^ 0x80000000;
    let index = 0;
    let end = parts[start + 2] as number;
    while (end - index > FEW_RANGES) {
      const middle = (index + end) >>> 1;
      if (mixed > (parts[start + 3 + 2 * middle] as number)) index = middle + 1;
      else end = middle;
    }
    let at = start + 3 + 2 * index;
    while (mixed > (parts[at] as number)) at += 2;
    return parts[at + 1] as number;
  }
}

/** The unit's key if it can be hashed; null leaves every flag to `decide`, which knows what a missing, bad or throwing key means. */
function keyOf(unit: Unit | null | undefined): string | number | null {
  try {
    const key = unit?.userId;
    return isUsableKey(key) && key !== '' ? key : null;
  } catch {
    return null;
  }
}

function wordsOf(compiled: CompiledFlag, conditions: Map<Matcher, number>, parts: number[]): readonly number[] {
  const { off, on, threshold, split, shareSaltHigh, shareSaltLow } = compiled;
  if (compiled.isKilled) return [0, 0, 0, ...same(outcomeOf(off, DISABLED, STEP.KILLED)), 0, NO_PARTS];
  if (compiled.hasLists || compiled.prerequisites !== null || compiled.rules !== null || compiled.bucketBy !== null)
    return [0, 0, 0, ...same(0), DECIDED_ALONE, NO_PARTS];
  const matcher = compiled.condition ?? always;
  const condition = conditions.get(matcher) ?? conditions.size;
  conditions.set(matcher, condition);
  const failed = outcomeOf(off, DEFAULT, STEP.CONDITIONS);
  const allocated = (variant: number, reason: number): number => outcomeOf(variant, reason, STEP.ALLOCATION);
  if (threshold === 0) return [0, 0, 0, allocated(off, STATIC), allocated(off, STATIC), failed, condition, NO_PARTS];
  const isStatic = threshold === 2 ** 32 && split === null;
  const outcomes = [allocated(on, isStatic ? STATIC : SPLIT), allocated(off, SPLIT), failed];
  const place = split === null ? NO_PARTS : parts.length;
  if (split !== null) {
    const served = split.filter((part) => part.threshold > 0);
    parts.push(compiled.splitSaltHigh, compiled.splitSaltLow, served.length);
    for (const part of served) parts.push(lastBelow(part.threshold), allocated(part.variant, SPLIT));
    parts.push(lastBelow(2 ** 32), allocated(on, SPLIT));
  }
  return [shareSaltHigh, shareSaltLow, lastBelow(threshold), ...outcomes, condition, place];
}

function same(outcome: number): [number, number, number] {
  return [outcome, outcome, outcome];
}
