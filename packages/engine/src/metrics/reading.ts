/** What the samples of some series in a range of slices come to, taken together. */
import { builtSketch, type SketchBuilder, sketchBuilder, sketchQuantile } from '@sluice/core';
import type { Series, Slice } from './series.ts';
import type { SliceRange } from './window.ts';

export interface Reading {
  /** Of a counter the calls, of values the values. */
  readonly samples: number;
  readonly sum: number;
  /** The instant of the newest sample. */
  readonly at: number;
  readonly slices: readonly Slice[];
}

/** Null when there is no sample. */
export function readSeries(series: readonly Series[], range: SliceRange): Reading | null {
  return readSlices(series.flatMap((one) => [...one.slices(range)]));
}

/** Null when there is no slice. */
export function readSlices(slices: readonly Slice[]): Reading | null {
  if (slices.length === 0) return null;
  return {
    samples: slices.reduce((total, slice) => total + slice.samples, 0),
    sum: slices.reduce((total, slice) => total + slice.sum, 0),
    at: slices.reduce((newest, slice) => Math.max(newest, slice.at), Number.NEGATIVE_INFINITY),
    slices,
  };
}

/** The quantile of the values behind a reading; null for a counter's. */
export function quantileOf({ slices }: Reading, q: number): number | null {
  const merged = sketchBuilder();
  for (const { sketch } of slices) if (sketch !== null) addBuckets(merged, sketch);
  return sketchQuantile(builtSketch(merged), q);
}

/** In place and sorted only once: merging some hundred built sketches one by one would hold up the process for tens of milliseconds. */
function addBuckets(into: SketchBuilder, from: SketchBuilder): void {
  into.zeros += from.zeros;
  for (const [index, count] of from.positive) into.positive.set(index, (into.positive.get(index) ?? 0) + count);
  for (const [index, count] of from.negative) into.negative.set(index, (into.negative.get(index) ?? 0) + count);
}
