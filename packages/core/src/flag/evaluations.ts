/** The answers of many flags for one unit: decided at once, described only when read. */
import type { JsonValue } from '../json.ts';
import type { CompiledFlag } from './compile.ts';
import { decide, type Evaluation, evaluationOf, variantIndexOf } from './evaluate.ts';
import type { Unit } from './unit.ts';

/** In order of the flags given. A flag that cannot answer for this unit has a null value and a reason. */
export class Evaluations implements Iterable<readonly [string, Evaluation<null>]> {
  readonly #flags: readonly CompiledFlag[];
  readonly #outcomes: Int32Array;
  #places: Map<string, number> | null = null;

  constructor(flags: readonly CompiledFlag[], unit: Unit | null | undefined) {
    this.#flags = flags;
    this.#outcomes = new Int32Array(flags.length);
    for (let index = 0; index < flags.length; index++) this.#outcomes[index] = decide(flags[index] as CompiledFlag, unit);
  }

  get size(): number {
    return this.#flags.length;
  }

  get(name: string): Evaluation<null> | undefined {
    const place = this.#placeOf(name);
    return place === undefined ? undefined : this.#at(place);
  }

  /** Calls `take` with every flag's name and value, without describing how it came to be. */
  forEachValue(take: (name: string, value: JsonValue) => void): void {
    for (let index = 0; index < this.#flags.length; index++) {
      const compiled = this.#flags[index] as CompiledFlag;
      const variant = variantIndexOf(this.#outcomes[index] as number);
      take(compiled.flag.key, variant < 0 ? null : (compiled.values[variant] as JsonValue));
    }
  }

  *[Symbol.iterator](): Iterator<readonly [string, Evaluation<null>]> {
    for (const [index, compiled] of this.#flags.entries()) yield [compiled.flag.key, this.#at(index)];
  }

  #at(index: number): Evaluation<null> {
    return evaluationOf(this.#flags[index] as CompiledFlag, this.#outcomes[index] as number, null);
  }

  #placeOf(name: string): number | undefined {
    this.#places ??= new Map(this.#flags.map((compiled, index) => [compiled.flag.key, index]));
    return this.#places.get(name);
  }
}
