/** A test as people read it: parts of a whole instead of shares, and dates. */
import { type ArmSettings, type Condition, type Experiment, type TrackedMetric, WHOLE_SHARE } from '@sluice/core';

export interface TestDetails {
  readonly testId: string;
  readonly description: string;
  readonly controlComponent: string;
  /** Of the first treatment; `arms` has all. */
  readonly treatmentComponent: string;
  /** The part of the units in the test that get a treatment. */
  readonly trafficSplit: number;
  readonly arms: readonly Required<ArmSettings>[];
  readonly trafficShare: number;
  readonly eligibility: Condition;
  /** Tests of one layer never share a unit. */
  readonly layer: string | null;
  readonly durationDays: number;
  readonly trackedMetrics: readonly TrackedMetric[];
  readonly phase: Experiment['phase'];
  readonly startedAt: Date | null;
  readonly endsAt: Date | null;
  readonly stoppedAt: Date | null;
  readonly stopReason: string | null;
  /** The arm that the flag rolls out after the end. */
  readonly shippedVariant: string | null;
}

export function describeTest(experiment: Experiment): TestDetails {
  const date = (at: number | null): Date | null => (at === null ? null : new Date(at));
  const [control, treatment] = experiment.arms;
  return {
    testId: experiment.key,
    description: experiment.description,
    controlComponent: control.component,
    treatmentComponent: treatment.component,
    trafficSplit: (WHOLE_SHARE - control.weight) / WHOLE_SHARE,
    arms: experiment.arms.map((arm) => ({ ...arm, weight: arm.weight / WHOLE_SHARE })),
    trafficShare: experiment.trafficShare / WHOLE_SHARE,
    eligibility: experiment.eligibility,
    layer: experiment.layer,
    durationDays: experiment.durationMs / 86_400_000,
    trackedMetrics: experiment.trackedMetrics,
    phase: experiment.phase,
    startedAt: date(experiment.startedAt),
    endsAt: date(experiment.dueAt),
    stoppedAt: date(experiment.stoppedAt),
    stopReason: experiment.stopReason,
    shippedVariant: experiment.shipped,
  };
}
