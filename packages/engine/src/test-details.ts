/** A test as people read it: parts of a whole instead of shares, and dates. */
import {
  type ArmSettings,
  type Condition,
  type Experiment,
  SluiceError,
  TEST_PHASES,
  type TestMethod,
  type TrackedMetric,
  WHOLE_SHARE,
} from '@sluice/core';

import { describeValue } from './failure.ts';
import { checkOptions } from './mutation.ts';
import { nameOf } from './names.ts';

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
  /** Attributes of units that the results are broken down by. */
  readonly dimensions: readonly string[];
  readonly method: TestMethod;
  /** Units of all arms together that it is planned for. */
  readonly plannedUnits: number | null;
  readonly tags: readonly string[];
  readonly phase: Experiment['phase'];
  /** Counts how often it began, from 1. */
  readonly number: number;
  readonly startsAt: Date | null;
  readonly startedAt: Date | null;
  readonly endsAt: Date | null;
  readonly stoppedAt: Date | null;
  readonly stopReason: string | null;
  /** The arm that the flag rolls out after the end. */
  readonly shippedVariant: string | null;
  readonly archivedAt: Date | null;
}

export interface TestFilter {
  readonly phase?: Experiment['phase'];
  readonly tag?: string;
  /** Only those that were archived. */
  readonly archived?: boolean;
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
    dimensions: experiment.dimensions,
    method: experiment.method,
    plannedUnits: experiment.plannedUnits,
    tags: experiment.tags,
    phase: experiment.phase,
    number: experiment.number,
    startsAt: date(experiment.startAt),
    startedAt: date(experiment.startedAt),
    endsAt: date(experiment.phase === 'running' ? experiment.dueAt : null),
    stoppedAt: date(experiment.stoppedAt),
    stopReason: experiment.stopReason,
    shippedVariant: experiment.shipped,
    archivedAt: date(experiment.archivedAt),
  };
}

/** Of all tests those that the filter asks for, archived ones only where it does. @throws SluiceError `invalid` for a misspelt filter */
export function listedTests(experiments: Iterable<Experiment>, filter: TestFilter): TestDetails[] {
  checkOptions('listTests', filter, ['phase', 'tag', 'archived']);
  const { phase, tag, archived = false } = filter;
  if (phase !== undefined && !TEST_PHASES.includes(phase)) {
    const message = `must be one of ${TEST_PHASES.join(', ')}; it is ${describeValue(phase)}`;
    throw new SluiceError('invalid', `listTests: /phase ${message}`, { issues: [{ path: '/phase', message }] });
  }
  return [...experiments]
    .filter((experiment) => (experiment.archivedAt !== null) === archived)
    .filter((experiment) => phase === undefined || experiment.phase === phase)
    .filter((experiment) => tag === undefined || experiment.tags.includes(tag))
    .map(describeTest);
}

/** @throws SluiceError `notFound`, `invalid` for what is no testId */
export function experimentOf(experiments: ReadonlyMap<string, Experiment>, testId: string): Experiment {
  const experiment = experiments.get(nameOf(testId, 'testId'));
  if (experiment === undefined) throw new SluiceError('notFound', `test "${testId}" does not exist; create it with createTest`);
  return experiment;
}
