/**
 * Quantiles of many values within 1 % of the true value, mergeable: DDSketch (Masson, Rim, Lee, VLDB 2019). A bucket holds the
 * values from γ^(i-1) to γ^i with γ = (1 + 0.01)/(1 - 0.01).
 */
const ACCURACY = 0.01;
const LOG_GAMMA = Math.log((1 + ACCURACY) / (1 - ACCURACY));
/** Beyond it the buckets of the smallest magnitudes are merged: upper quantiles stay exact. 2048 span 17 orders of magnitude. */
const MAX_BUCKETS = 2048;
/** Magnitudes below are counted as zero. */
const SMALLEST = 1e-9;

/** Counts by bucket index, in rising order of index. */
export interface Sketch {
  readonly zeros: number;
  readonly positive: readonly (readonly [index: number, count: number])[];
  readonly negative: readonly (readonly [index: number, count: number])[];
}

/** A sketch while values are added. */
export interface SketchBuilder {
  zeros: number;
  readonly positive: Map<number, number>;
  readonly negative: Map<number, number>;
}

export const EMPTY_SKETCH: Sketch = Object.freeze({ zeros: 0, positive: [], negative: [] });

export function sketchBuilder(): SketchBuilder {
  return { zeros: 0, positive: new Map(), negative: new Map() };
}

/** `value` is finite. */
export function addToSketch(builder: SketchBuilder, value: number): void {
  const magnitude = Math.abs(value);
  if (magnitude < SMALLEST) {
    builder.zeros += 1;
    return;
  }
  const buckets = value > 0 ? builder.positive : builder.negative;
  const index = bucketOf(magnitude);
  buckets.set(index, (buckets.get(index) ?? 0) + 1);
}

function bucketOf(magnitude: number): number {
  return Math.ceil(Math.log(magnitude) / LOG_GAMMA);
}

/** How many values lie above `limit`, to within 2 % of the limit: those in its own bucket do not count. `limit` is finite. */
export function countAbove({ zeros, positive, negative }: SketchBuilder, limit: number): number {
  const isZero = Math.abs(limit) < SMALLEST;
  if (limit > 0 && !isZero) return countWhere(positive, (index) => index > bucketOf(limit));
  if (isZero) return countWhere(positive, () => true);
  return countWhere(positive, () => true) + zeros + countWhere(negative, (index) => index < bucketOf(-limit));
}

function countWhere(buckets: ReadonlyMap<number, number>, isCounted: (index: number) => boolean): number {
  let sum = 0;
  for (const [index, count] of buckets) if (isCounted(index)) sum += count;
  return sum;
}

export function builtSketch(builder: SketchBuilder): Sketch {
  return { zeros: builder.zeros, positive: bounded(builder.positive), negative: bounded(builder.negative) };
}

export function mergeSketches(a: Sketch, b: Sketch): Sketch {
  return {
    zeros: a.zeros + b.zeros,
    positive: mergedBuckets(a.positive, b.positive),
    negative: mergedBuckets(a.negative, b.negative),
  };
}

function mergedBuckets(a: Sketch['positive'], b: Sketch['positive']): Sketch['positive'] {
  const merged = new Map(a);
  for (const [index, count] of b) merged.set(index, (merged.get(index) ?? 0) + count);
  return bounded(merged);
}

function bounded(buckets: ReadonlyMap<number, number>): Sketch['positive'] {
  const sorted = [...buckets].sort((x, y) => x[0] - y[0]);
  const surplus = sorted.length - MAX_BUCKETS;
  if (surplus <= 0) return sorted;
  const collapsed = sorted.slice(0, surplus + 1).reduce((sum, [, count]) => sum + count, 0);
  const [lowest = 0] = sorted[surplus] ?? [];
  return [[lowest, collapsed], ...sorted.slice(surplus + 1)];
}

/** The value below which the part `q` (0 to 1) of all values lies, within 1 %; null when there are none. */
export function sketchQuantile(sketch: Sketch, q: number): number | null {
  const total = sketch.zeros + countOf(sketch.positive) + countOf(sketch.negative);
  if (total === 0) return null;
  let rank = Math.min(1, Math.max(0, q)) * (total - 1);
  for (const [index, count] of [...sketch.negative].reverse()) {
    if (rank < count) return -bucketValue(index);
    rank -= count;
  }
  if (rank < sketch.zeros) return 0;
  rank -= sketch.zeros;
  for (const [index, count] of sketch.positive) {
    if (rank < count) return bucketValue(index);
    rank -= count;
  }
  return bucketValue(sketch.positive.at(-1)?.[0] ?? 0);
}

function countOf(buckets: Sketch['positive']): number {
  return buckets.reduce((sum, [, count]) => sum + count, 0);
}

/** The value of a bucket that is within the accuracy of both its ends: 2γ^i/(γ + 1). */
function bucketValue(index: number): number {
  const gamma = Math.exp(LOG_GAMMA);
  return (2 * Math.exp(index * LOG_GAMMA)) / (gamma + 1);
}
