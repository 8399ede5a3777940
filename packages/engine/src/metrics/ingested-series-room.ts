/** Which series a process takes samples of, so that no name that callers make up costs the store without bound. */
import { ERRORS, REQUESTS } from './error-rate.ts';
import type { IngestedSeries } from './ingested-slot.ts';

export class IngestedSeriesRoom {
  readonly #max: number;
  readonly #idleSlots: number;
  /** By series, the newest slot with a sample. */
  readonly #newest = new Map<string, number>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  /** At most `max` series, 2 or more, within `idleSlots`. */
  constructor(max: number, idleSlots: number) {
    this.#max = max;
    this.#idleSlots = idleSlots;
  }

  /**
   * Whether there is room for a sample of this series. Requests make room for their errors, too: were there room only for the requests, an error rate
   * of 0 would be read from errors that were never kept.
   */
  take(series: IngestedSeries, slot: number): boolean {
    const keys = [keyOf(series)];
    if (series.kind === 'counter' && series.name === REQUESTS) keys.push(keyOf({ ...series, name: ERRORS }));
    const added = keys.filter((key) => !this.#newest.has(key)).length;
    if (added > 0 && this.#newest.size + added > this.#max) this.#removeIdle(slot);
    if (added > 0 && this.#newest.size + added > this.#max) return false;
    for (const key of keys) this.#newest.set(key, Math.max(this.#newest.get(key) ?? slot, slot));
    return true;
  }

  /** At most once per slot, because a flood of new names would sweep again and again for nothing. */
  #removeIdle(slot: number): void {
    if (slot <= this.#sweptAt) return;
    this.#sweptAt = slot;
    for (const [key, newest] of this.#newest) if (newest < slot - this.#idleSlots) this.#newest.delete(key);
  }
}

function keyOf({ kind, flag, variant, name }: IngestedSeries): string {
  return JSON.stringify([kind, flag, variant, name]);
}
