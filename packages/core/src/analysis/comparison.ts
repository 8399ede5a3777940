/** What is known of a change and of what is served beside it, and what comparing the two came to. */
import type { EventCounts } from '../statistics/event-test.ts';
import type { Moments } from './moments.ts';
import type { ComparedFigures } from './ratio-band.ts';
import type { RequestCounts } from './request-counts.ts';

/**
 * The chance that a change that is no worse than tolerated is ever called so, over all comparisons of a stage and all looks; and that one that is
 * worse is ever called no worse.
 */
export const COMPARISON_LEVEL = 0.05;

/** Requests of one unit fail, and are slow, together: where units are not known, at least so many times the control's rate is tolerated. */
export const REQUEST_RATIO = 1.2;

/** Of units that the bucket drew, those that met one; and how often one was met by units that a list, a group or a condition sent to their side. */
export interface StageEvents extends EventCounts {
  /** On the change; absent is none. These are told of, and never compared. */
  readonly canaryUndrawn?: number;
  /** Beside it. */
  readonly baselineUndrawn?: number;
}

export interface ComparedEvents {
  readonly kind: 'events';
  /** Of each stage so far that had a control, the current one last: distinct units that met an error, or a value above `slowerThan`. */
  readonly stages: readonly StageEvents[];
  /** The same of requests, over the whole rollout; absent where none were counted. */
  readonly requests?: RequestCounts;
}

export interface ComparedMeans {
  readonly kind: 'means';
  /** Of each unit its mean in this stage, or of each value where units are not known. */
  readonly control: Moments;
  readonly change: Moments;
  /** Values that units of the change met which the bucket did not draw; absent is none. */
  readonly changeUndrawn?: number;
  readonly by: ComparedBy;
}

/** By distinct units, or by raw requests, which a unit may make many of. */
export type ComparedBy = 'units' | 'requests';
export type Compared = ComparedEvents | ComparedMeans;

export interface Comparison {
  readonly by: ComparedBy;
  /** The evidence that it is worse than tolerated is enough. */
  readonly isWorse: boolean;
  /** Shown to be no worse than tolerated: its non-inferiority. */
  readonly isNotWorse: boolean;
  /** ln of the evidence that it is worse than tolerated, and, where that is asked for, that it is not. */
  readonly logE: number;
  readonly logENotWorse: number;
  /** What is shown of it. Worked out when asked: the band takes dozens of tests, and decides nothing. */
  readonly figures: () => ComparedFigures;
  /** The figures and the evidence in words. */
  readonly message: string;
  /** What it says too little for, in words; null when it may be gone by. */
  readonly waitsFor: string | null;
  /** Why it will never say anything, in words; else null. */
  readonly problem: string | null;
}

/** From which evidence on it is harm, where so many criteria of the stage compare. */
export function neededForHarm(comparisons: number): number {
  return Math.max(1, comparisons) / COMPARISON_LEVEL;
}

/** Evidence as in "1.2e+9 : 1". */
export function oddsOf(logE: number): string {
  return `${exponential(logE)} : 1`;
}

/** A probability as in "once in 1.2e+9 times"; its natural logarithm is given, since the smallest are no doubles. */
export function rarityOf(logChance: number): string {
  return logChance === -Infinity ? 'never' : `once in ${exponential(-logChance)} times`;
}

/** e to the power of `log`, to two digits, however large. */
function exponential(log: number): string {
  const digits = log / Math.LN10;
  return digits > 300 ? `10^${Math.floor(digits)}` : String(Number(Math.exp(log).toPrecision(2)));
}

export function shownFigure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Both as `shownFigure`, with as many digits more as it takes to show which of two is the larger. */
export function shownApart(one: number, other: number): readonly [one: string, other: string] {
  const order = Math.sign(one - other);
  for (let digits = 4; digits <= 16; digits++) {
    const [a, b] = [Number(one.toPrecision(digits)), Number(other.toPrecision(digits))];
    if (Math.sign(a - b) === order) return [String(a), String(b)];
  }
  return [String(one), String(other)];
}
