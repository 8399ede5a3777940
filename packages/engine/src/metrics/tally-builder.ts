/** What exposures of other processes add to the tallies of stages and flags. */
import { distinctFromIndices, emptyTally, hashOfKey, newRegisters, raise, type Tally } from '@sluice/core';

class Distinct {
  readonly #registers = newRegisters();
  readonly #raised: number[] = [];

  meet(key: string): void {
    const { high, low } = hashOfKey(key);
    const index = raise(this.#registers, high, low);
    if (index >= 0) this.#raised.push(index);
  }

  built(): Tally['distinct'][string] {
    return distinctFromIndices(this.#registers, this.#raised);
  }
}

export class TallyBuilder {
  readonly #counts = new Map<string, number>();
  readonly #distinct = new Map<string, Distinct>();
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;

  count(name: string, by: number, at: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
    this.#firstAt = Math.min(this.#firstAt, at);
    this.#lastAt = Math.max(this.#lastAt, at);
  }

  meet(name: string, key: string): void {
    const distinct = this.#distinct.get(name) ?? new Distinct();
    this.#distinct.set(name, distinct);
    distinct.meet(key);
  }

  /** Of what was counted; something was. */
  built(): Tally {
    return {
      ...emptyTally(),
      counts: Object.fromEntries(this.#counts),
      distinct: Object.fromEntries([...this.#distinct].map(([name, distinct]) => [name, distinct.built()])),
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
    };
  }
}
