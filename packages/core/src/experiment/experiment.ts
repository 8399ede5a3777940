/** The experiment record (publicly a *test*): an allocation held fixed to learn. */
import type { Condition } from '../flag/condition.ts';
import type { VariantShare } from '../flag/flag.ts';
import type { SlotRange } from '../flag/slots.ts';
import type { Scope } from '../scope.ts';
import type { Share } from '../share.ts';

export const TEST_PHASES = ['draft', 'scheduled', 'running', 'stopped'] as const;
export type Aggregation = 'mean' | 'sum' | 'count' | 'max';
export type MetricRole = 'primary' | 'secondary' | 'guardrail';

export interface TrackedMetric {
  readonly name: string;
  /** The direction that is good. */
  readonly goal: 'increase' | 'decrease';
  readonly role: MetricRole;
  /** How the values of one unit become the unit's one value. */
  readonly aggregation: Aggregation;
  /** Of a guardrail: how much worse it may be than the control, as a fraction of the control's mean; 0 unless given. */
  readonly margin?: number;
  /** A unit's value above it counts as this (winsorising); declared before the test, not read off its data. */
  readonly cap?: number;
  /** What a user's values were before their exposure is taken out of the comparison (CUPED): the same difference, found with fewer units. */
  readonly covariate?: boolean;
  /** The tracked metric that it is divided by: the arm's sum of one over its sum of the other, as in clicks per view. */
  readonly per?: string;
  /** Only values of a user's first so many days after their exposure count; all unless given. */
  readonly windowDays?: number;
  /** By what it is judged at the planned end of a test of a fixed horizon; `welch` unless given. */
  readonly test?: FixedTest;
}

/**
 * `welch` compares means. `twoProportion` compares rates of values that are 0 or 1. `mannWhitney` asks whether the values of one arm tend to be larger,
 * which no extreme value sways; it is for up to 100 000 units.
 */
export const FIXED_TESTS = ['welch', 'twoProportion', 'mannWhitney'] as const;
export type FixedTest = (typeof FIXED_TESTS)[number];

export interface Arm {
  readonly variant: string;
  readonly component: string;
  /** Its part of the units that are in the test; the parts of all arms sum to 100 000. */
  readonly weight: Share;
}

/** By what a running test's flag draws its units. */
export interface Drawing {
  readonly salt: string;
  readonly bucketBy: string | null;
}

/**
 * `sequence` may be looked at all along: intervals and p-values are valid at every look. `fixedHorizon` shows neither before the planned end, and is
 * Welch's test then.
 */
export const TEST_METHODS = ['sequence', 'fixedHorizon'] as const;
export type TestMethod = (typeof TEST_METHODS)[number];

export interface Experiment {
  readonly kind: 'experiment';
  readonly scope: Scope;
  /** The test id, which is also its flag's key. */
  readonly key: string;
  readonly revision: number;
  readonly description: string;
  /** Control first, 2 to 10. */
  readonly arms: readonly [Arm, Arm, ...Arm[]];
  /** The part of the eligible units that is in the test at all; the others get control and are not counted. */
  readonly trafficShare: Share;
  /** Units for which it does not hold get control and are not counted. */
  readonly eligibility: Condition;
  /** Tests of one layer never share a unit: then `trafficShare` is the part of the layer that the test takes. */
  readonly layer: string | null;
  /** What it took of the layer when it was started; null before, and without a layer. */
  readonly slots: SlotRange | null;
  /** How its flag divides its units, where it began anew and as many as could kept their arm; absent where each arm has one range, in their order. */
  readonly split?: readonly VariantShare[];
  /** Of the segments that its eligibility leads to, as they were when it began; absent before. */
  readonly segmentRevisions?: Readonly<Record<string, number>>;
  readonly durationMs: number;
  /** Empty when none were declared: then metrics are found as they are recorded. */
  readonly trackedMetrics: readonly TrackedMetric[];
  /** Attributes of units by whose values the results are shown once more. */
  readonly dimensions: readonly string[];
  readonly method: TestMethod;
  /** Units of all arms that it is planned for: the sequence is tightest there. Null is not known. Fixed before the start, never taken from the data. */
  readonly plannedUnits: number | null;
  readonly tags: readonly string[];
  /** `scheduled` is a draft that starts by itself at `startAt`. */
  readonly phase: (typeof TEST_PHASES)[number];
  /** Counts how often it began, from 1; what was measured under another number counts no more. */
  readonly number: number;
  /** `startTest` starts it then, at the earliest; null is at once. */
  readonly startAt: number | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly stoppedAt: number | null;
  readonly stopReason: string | null;
  /** The planned end while running, the start while scheduled, else null. */
  readonly dueAt: number | null;
  /** Null until it starts. */
  readonly drawnBy: Drawing | null;
  /** The arm that the flag rolls out after the end; null until `shipWinner`. */
  readonly shipped: string | null;
  /** When it was put away; null while it is listed. */
  readonly archivedAt: number | null;
}
