/** The samples of one metric with one set of labels, summed up per slice of time in a ring that forgets the oldest slice. */
import { addToSketch, type SketchBuilder, sketchBuilder } from '@sluice/core';
import type { SliceRange } from './window.ts';

/** A counter is added to; a value is one of many whose distribution matters. */
export type SeriesKind = 'counter' | 'value';

/** A slice is the time from `index` × resolution up to the next. */
export interface Slice {
  readonly index: number;
  /** Of a counter the calls, of values the values. */
  samples: number;
  sum: number;
  /** The instant of the newest sample. */
  at: number;
  /** The distribution; null in counters. */
  readonly sketch: SketchBuilder | null;
}

export interface SeriesKey {
  readonly kind: SeriesKind;
  readonly name: string;
  readonly flag: string | undefined;
  readonly variant: string | undefined;
}

export class Series {
  readonly key: SeriesKey;
  readonly #ring: (Slice | undefined)[] = [];
  readonly #sliceCount: number;
  #newestIndex = Number.NEGATIVE_INFINITY;
  #samples = 0;

  constructor(key: SeriesKey, sliceCount: number) {
    this.key = key;
    this.#sliceCount = sliceCount;
  }

  /** All samples since the series began. */
  get samples(): number {
    return this.#samples;
  }

  /** The newest slice with a sample; minus infinity without any. */
  get newestIndex(): number {
    return this.#newestIndex;
  }

  record(index: number, at: number, value: number): void {
    const slice = this.#sliceAt(index, at);
    slice.samples += 1;
    slice.sum += value;
    slice.at = Math.max(slice.at, at);
    if (slice.sketch !== null) addToSketch(slice.sketch, value);
    this.#samples += 1;
    this.#newestIndex = Math.max(this.#newestIndex, index);
  }

  /** The kept slices of `range`, in no particular order. */
  *slices({ first, last }: SliceRange): Generator<Slice> {
    for (const slice of this.#ring) {
      if (slice !== undefined && slice.index >= first && slice.index <= last) yield slice;
    }
  }

  /** Drops what was recorded for slices after `index`. */
  forgetAfter(index: number): void {
    if (this.#newestIndex <= index) return;
    for (const [place, slice] of this.#ring.entries()) {
      if (slice !== undefined && slice.index > index) this.#ring[place] = undefined;
    }
    this.#newestIndex = this.#ring.reduce((newest, slice) => Math.max(newest, slice?.index ?? newest), Number.NEGATIVE_INFINITY);
  }

  #sliceAt(index: number, at: number): Slice {
    const place = ((index % this.#sliceCount) + this.#sliceCount) % this.#sliceCount;
    const kept = this.#ring[place];
    if (kept?.index === index) return kept;
    const sketch = this.key.kind === 'value' ? sketchBuilder() : null;
    const slice: Slice = { index, samples: 0, sum: 0, at, sketch };
    this.#ring[place] = slice;
    return slice;
  }
}
