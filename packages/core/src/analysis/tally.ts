/** Counters that several processes keep apart and a store adds up: merging is associative and commutative, so order never matters. */
import { type DistinctCount, mergeDistinct } from './distinct.ts';
import { mergeSketches, type Sketch } from './sketch.ts';

export interface Tally {
  readonly counts: Readonly<Record<string, number>>;
  readonly distinct: Readonly<Record<string, DistinctCount>>;
  readonly sketches: Readonly<Record<string, Sketch>>;
  /** The first and last instant counted, milliseconds since 1970; null when nothing was. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

export function emptyTally(): Tally {
  return { counts: {}, distinct: {}, sketches: {}, firstAt: null, lastAt: null };
}

export function mergeTally(a: Tally, b: Tally): Tally {
  return {
    counts: merged(a.counts, b.counts, (x, y) => x + y),
    distinct: merged(a.distinct, b.distinct, mergeDistinct),
    sketches: merged(a.sketches, b.sketches, mergeSketches),
    firstAt: either(a.firstAt, b.firstAt, Math.min),
    lastAt: either(a.lastAt, b.lastAt, Math.max),
  };
}

/** Through a Map and fromEntries, so that a name such as `__proto__` is a name. */
function merged<T>(a: Readonly<Record<string, T>>, b: Readonly<Record<string, T>>, merge: (x: T, y: T) => T): Record<string, T> {
  const result = new Map(Object.entries(a));
  for (const [name, value] of Object.entries(b)) {
    const before = result.get(name);
    result.set(name, before === undefined ? value : merge(before, value));
  }
  return Object.fromEntries(result);
}

function either(a: number | null, b: number | null, choose: (x: number, y: number) => number): number | null {
  if (a === null) return b;
  return b === null ? a : choose(a, b);
}
