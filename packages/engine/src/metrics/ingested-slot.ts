/** How ingested samples stand in the store: one tally per series and slot of time, which any replica adds to and any replica can read. */
import {
  addToSketch,
  builtSketch,
  EMPTY_SKETCH,
  emptyTally,
  type Sketch,
  type SketchBuilder,
  sketchBuilder,
  type Tally,
} from '@sluice/core';
import type { NamedSeries } from './measure.ts';
import type { Slice } from './series.ts';

/** One metric of one variant of a flag. */
export interface IngestedSeries extends NamedSeries {
  readonly flag: string;
  readonly variant: string;
}

/** When samples were ingested for the first time, as the `firstAt` of its tally. */
export const SINCE_SUBJECT = 'window/since';

const SAMPLES = 'samples';
const SUM = 'sum';
const VALUES = 'values';

/** `slot` is the index of a slice of time. Names may hold anything, so what would end a part is escaped, as in a JSON pointer. */
export function slotSubject({ kind, flag, variant, name }: IngestedSeries, slot: number): string {
  const parts = [flag, variant, kind, name].map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'));
  return ['window', ...parts, slot].join('/');
}

/** Samples of one series and slot before they are a tally. */
export class SlotBuilder {
  #samples = 0;
  #sum = 0;
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;
  readonly #sketch: SketchBuilder | null;

  constructor(kind: IngestedSeries['kind']) {
    this.#sketch = kind === 'value' ? sketchBuilder() : null;
  }

  add(value: number, at: number): void {
    this.#samples += 1;
    this.#sum += value;
    this.#firstAt = Math.min(this.#firstAt, at);
    this.#lastAt = Math.max(this.#lastAt, at);
    if (this.#sketch !== null) addToSketch(this.#sketch, value);
  }

  /** Of at least one sample. */
  built(): Tally {
    const counts = { [SAMPLES]: this.#samples, [SUM]: this.#sum };
    const sketches = this.#sketch === null ? {} : { [VALUES]: builtSketch(this.#sketch) };
    return { ...emptyTally(), counts, sketches, firstAt: this.#firstAt, lastAt: this.#lastAt };
  }
}

/** The slice that a tally was made from; null when nothing was ingested. */
export function sliceOf(kind: IngestedSeries['kind'], index: number, { counts, sketches, lastAt }: Tally): Slice | null {
  const samples = counts[SAMPLES] ?? 0;
  if (samples === 0 || lastAt === null) return null;
  const sketch = kind === 'value' ? builderOf(sketches[VALUES] ?? EMPTY_SKETCH) : null;
  return { index, samples, sum: counts[SUM] ?? 0, at: lastAt, sketch };
}

function builderOf({ zeros, positive, negative }: Sketch): SketchBuilder {
  return { zeros, positive: new Map(positive), negative: new Map(negative) };
}
