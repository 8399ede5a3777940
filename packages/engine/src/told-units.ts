/** Remembers which units were told of already, by variant and within a bound. */
import type { KeyHash } from '@sluice/core';

/** Beyond it units are told of again, which the ledger ignores. */
const MAX_REMEMBERED = 1_000_000;

export class ToldUnits {
  /** By variant, the low lane by the high lane: two units that share a high lane are merely told of more often. */
  readonly #lanes = new Map<number, Map<number, number>>();
  readonly #max: number;

  constructor(max = MAX_REMEMBERED) {
    this.#max = max;
  }

  /** How many are remembered of this variant. */
  size(variant: number): number {
    return this.#lanes.get(variant)?.size ?? 0;
  }

  has(variant: number, { high, low }: Readonly<KeyHash>): boolean {
    return this.#lanes.get(variant)?.get(high) === low;
  }

  add(variant: number, { high, low }: Readonly<KeyHash>): void {
    const lanes = this.#lanes.get(variant) ?? new Map<number, number>();
    this.#lanes.set(variant, lanes);
    if (lanes.size >= this.#max) lanes.clear();
    lanes.set(high, low);
  }
}
