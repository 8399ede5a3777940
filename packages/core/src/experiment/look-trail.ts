/** What looks at one comparison have shown over time: its confidence sequence, thinned out so that it stays small however long a test runs. */
import type { MetricResult } from './metric-result.ts';

/** One look, of which the interval holds together with those of all other looks. */
export interface TrailPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of control and treatment together. */
  readonly units: number;
  /** Treatment minus control, with its 95 % interval, in the metric's unit. */
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
  /** Relative to the control's mean; null where that says nothing. */
  readonly lift: number | null;
}

/** Units grow by a fifth from point to point, so that ten million of them are 70 points. */
const STEPS_PER_DOUBLING = 4;

/** Null where this look says nothing of the comparison. */
export function trailPoint(result: MetricResult, at: number): TrailPoint | null {
  const { difference, interval, verdict, lift } = result;
  if (difference === null || interval === null || verdict === 'insufficientData' || verdict === 'undefined') return null;
  const [lower, upper] = interval;
  return { at, units: result.controlUnits + result.treatmentUnits, difference, lower, upper, lift };
}

/** Of each step the look with the fewest units, so that it matters not in which order they are told, nor how often. */
export function mergeTrails(a: readonly TrailPoint[], b: readonly TrailPoint[]): readonly TrailPoint[] {
  const bySteps = new Map<number, TrailPoint>();
  for (const point of [...a, ...b]) {
    const step = Math.floor(STEPS_PER_DOUBLING * Math.log2(point.units));
    const known = bySteps.get(step);
    if (known === undefined || inOrder(point, known) < 0) bySteps.set(step, point);
  }
  return [...bySteps.values()].sort(inOrder);
}

/** Ends with how it is now. */
export function trailUntil(kept: readonly TrailPoint[], now: TrailPoint | null): readonly TrailPoint[] {
  return now === null ? kept : [...kept.filter(({ at, units }) => at < now.at && units < now.units), now];
}

function inOrder(a: TrailPoint, b: TrailPoint): number {
  const [first, second] = [a, b].map(({ units, at, difference, lower, upper, lift }) => [
    units,
    at,
    difference,
    lower,
    upper,
    lift ?? Number.NEGATIVE_INFINITY,
  ]) as [number[], number[]];
  const index = first.findIndex((value, place) => value !== second[place]);
  return index === -1 ? 0 : (first[index] ?? 0) < (second[index] ?? 0) ? -1 : 1;
}
