/** The experiment record (publicly a *test*): an allocation held fixed to learn. */
import type { Scope } from '../scope.ts';

export type Aggregation = 'mean' | 'sum' | 'count' | 'max';
export type MetricRole = 'primary' | 'secondary' | 'guardrail';

export interface TrackedMetric {
  readonly name: string;
  /** The direction that is good. */
  readonly goal: 'increase' | 'decrease';
  readonly role: MetricRole;
  /** How the values of one unit become the unit's one value. */
  readonly aggregation: Aggregation;
}

export interface Arm {
  readonly variant: string;
  readonly component: string;
}

export interface Experiment {
  readonly kind: 'experiment';
  readonly scope: Scope;
  /** The test id, which is also its flag's key. */
  readonly key: string;
  readonly revision: number;
  readonly description: string;
  /** Control first. */
  readonly arms: readonly [Arm, Arm];
  /** The treatment's part of the traffic, above 0 and below 1. */
  readonly trafficSplit: number;
  readonly durationMs: number;
  /** Empty when none were declared: then metrics are found as they are recorded. */
  readonly trackedMetrics: readonly TrackedMetric[];
  readonly phase: 'draft' | 'running' | 'stopped';
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly stoppedAt: number | null;
  readonly stopReason: string | null;
  /** The planned end while running, else null. */
  readonly dueAt: number | null;
}
