/**
 * What looks at a test have shown so far. An anytime-valid p-value may only ever fall, and what was significant once stays so; both must outlive the
 * process that looked, so the store keeps them beside the totals.
 */
import { mergeTrails, type TrailPoint } from './look-trail.ts';

/** One comparison of an arm with the control. */
export interface Look {
  /** The smallest p of all looks. */
  readonly p: number;
  /** Whether the treatment was above the control when that p was seen. */
  readonly rises: boolean;
  /** When it was first significant, all comparisons of the test taken together; null while it was not. */
  readonly significantAt: number | null;
  /** What was seen over time; absent is nothing. */
  readonly trail?: readonly TrailPoint[];
}

export interface Looks {
  /** By arm and metric. */
  readonly comparisons: Readonly<Record<string, Readonly<Record<string, Look>>>>;
  /** The smallest p of the sequential sample-ratio test. */
  readonly sampleRatioP: number;
}

/** What a look adds to a subject's looks. */
export interface LookDelta {
  readonly subject: string;
  readonly looks: Looks;
}

export const NO_LOOKS: Looks = Object.freeze({ comparisons: {}, sampleRatioP: 1 });

/** Of both the smaller p and the earlier significance, so it matters not in which order processes tell of their looks, nor how often. */
export function mergeLooks(a: Looks, b: Looks): Looks {
  return {
    comparisons: joined(a.comparisons, b.comparisons, (x, y) => joined(x, y, mergeLook)),
    sampleRatioP: Math.min(a.sampleRatioP, b.sampleRatioP),
  };
}

function mergeLook(a: Look, b: Look): Look {
  return {
    p: Math.min(a.p, b.p),
    rises: a.p === b.p ? a.rises || b.rises : a.p < b.p ? a.rises : b.rises,
    significantAt: earlier(a.significantAt, b.significantAt),
    ...(a.trail === undefined && b.trail === undefined ? {} : { trail: mergeTrails(a.trail ?? [], b.trail ?? []) }),
  };
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

/** Through fromEntries, so that a metric called `__proto__` is a name. */
function joined<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  merge: (x: T, y: T) => T,
): Readonly<Record<string, T>> {
  const all = new Map(Object.entries(a));
  for (const [name, value] of Object.entries(b)) {
    const before = all.get(name);
    all.set(name, before === undefined ? value : merge(before, value));
  }
  return Object.fromEntries(all);
}
