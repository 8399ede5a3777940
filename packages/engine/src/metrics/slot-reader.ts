/** Reads slots of ingested samples, and remembers those that nothing is added to any more. */
import { emptyTally, type Scope, type Tally } from '@sluice/core';
import type { Store } from '../store/store.ts';
import { type IngestedSeries, SINCE_SUBJECT, sliceOf, slotSubject } from './ingested-slot.ts';
import { type Reading, readSlices } from './reading.ts';
import type { SliceRange } from './window.ts';

/** Tallies in memory, the oldest forgotten first. */
const MOST_REMEMBERED = 10_000;
/** Questions to the store at a time. */
const AT_ONCE = 32;
const NOTHING = Object.freeze(emptyTally());

export class SlotReader {
  readonly #store: Store;
  readonly #scope: Scope;
  readonly #closed = new Map<string, Tally>();
  #since: number | null = null;

  constructor(store: Store, scope: Scope) {
    this.#store = store;
    this.#scope = scope;
  }

  /** What the slots of `range` come to; null without a sample. Nothing is added to slots before `closedBefore` any more. */
  async read(series: IngestedSeries, { first, last }: SliceRange, closedBefore: number): Promise<Reading | null> {
    const slices = [];
    for (let from = first; from <= last; from += AT_ONCE) {
      const slots = Array.from({ length: Math.min(AT_ONCE, last - from + 1) }, (_, place) => from + place);
      const tallies = await Promise.all(slots.map((slot) => this.#tally(series, slot, closedBefore)));
      slices.push(...tallies.map((tally, place) => sliceOf(series.kind, from + place, tally)));
    }
    return readSlices(slices.filter((slice) => slice !== null));
  }

  /** The instant of the newest sample in the slots of `range`; null without any. */
  async newestAt(series: IngestedSeries, { first, last }: SliceRange, closedBefore: number): Promise<number | null> {
    for (let until = last; until >= first; until -= AT_ONCE) {
      const reading = await this.read(series, { first: Math.max(first, until - AT_ONCE + 1), last: until }, closedBefore);
      if (reading !== null) return reading.at;
    }
    return null;
  }

  /** The instant of the first sample that was ever ingested; null without any. */
  async since(): Promise<number | null> {
    this.#since ??= (await this.#store.readTally(this.#scope, SINCE_SUBJECT)).firstAt;
    return this.#since;
  }

  async #tally(series: IngestedSeries, slot: number, closedBefore: number): Promise<Tally> {
    const subject = slotSubject(series, slot);
    const remembered = this.#closed.get(subject);
    if (remembered !== undefined) return remembered;
    const tally = await this.#store.readTally(this.#scope, subject);
    if (slot < closedBefore) this.#remember(subject, tally.firstAt === null ? NOTHING : tally);
    return tally;
  }

  #remember(subject: string, tally: Tally): void {
    this.#closed.set(subject, tally);
    if (this.#closed.size <= MOST_REMEMBERED) return;
    for (const oldest of this.#closed.keys()) {
      this.#closed.delete(oldest);
      return;
    }
  }
}
