/** The answers of many flags for one unit: decided at once, described only when read. */
import type { JsonValue } from '../json.ts';
import type { CompiledFlag } from './compile.ts';
import { type Evaluation, evaluationOf, variantIndexOf } from './evaluate.ts';
import { FlagTable } from './flag-table.ts';
import type { Unit } from './unit.ts';

/** In order of the flags given. A flag that cannot answer for this unit has a null value and a reason. */
export class Evaluations implements Iterable<readonly [string, Evaluation<null>]> {
  readonly #table: FlagTable;
  readonly #outcomes: readonly number[];
  #places: Map<string, number> | null = null;

  /** Flags that are asked of many units are best given as one table. */
  constructor(flags: FlagTable | readonly CompiledFlag[], unit: Unit | null | undefined) {
    this.#table = flags instanceof FlagTable ? flags : new FlagTable(flags);
    this.#outcomes = this.#table.decide(unit);
  }

  get size(): number {
    return this.#outcomes.length;
  }

  get(name: string): Evaluation<null> | undefined {
    const place = this.#placeOf(name);
    return place === undefined ? undefined : this.#at(place);
  }

  /** Calls `take` with every flag's name and value, without describing how it came to be. */
  forEachValue(take: (name: string, value: JsonValue) => void): void {
    const { keys, values } = this.#table;
    for (let index = 0; index < keys.length; index++) {
      const variant = variantIndexOf(this.#outcomes[index] as number);
      take(keys[index] as string, variant < 0 ? null : (values[index]?.[variant] as JsonValue));
    }
  }

  /**
   * What `describe` makes of every flag's answer, in order. It is asked once for each answer that a flag can give, and what it made is kept until the flags change:
   * it must depend on nothing but what it is given.
   */
  map<T>(describe: (name: string, evaluation: Evaluation<null>) => T): T[] {
    const { keys } = this.#table;
    const kept = this.#table.described<T>(describe);
    return this.#outcomes.map((outcome, index) => {
      const made = kept[index] as Map<number, T>;
      if (!made.has(outcome)) made.set(outcome, describe(keys[index] as string, this.#at(index)));
      return made.get(outcome) as T;
    });
  }

  *[Symbol.iterator](): Iterator<readonly [string, Evaluation<null>]> {
    for (const [index, key] of this.#table.keys.entries()) yield [key, this.#at(index)];
  }

  #at(index: number): Evaluation<null> {
    return evaluationOf(this.#table.flags[index] as CompiledFlag, this.#outcomes[index] as number, null);
  }

  #placeOf(name: string): number | undefined {
    this.#places ??= new Map(this.#table.keys.map((key, index) => [key, index]));
    return this.#places.get(name);
  }
}
