/** How a test was declared to be judged, and what looks at it have shown. */
import type { SequenceTuning } from '../statistics/confidence-sequence.ts';
import { DEFAULT_OPTIMAL_N } from '../statistics/confidence-sequence.ts';
import type { Experiment, TestMethod } from './experiment.ts';

export const ALPHA = 0.05;
export const MIN_UNITS_PER_ARM = 100;

export interface AnalysisPlan {
  readonly method: TestMethod;
  readonly tuning: SequenceTuning;
  /** Whether it ran until its planned end and is stopped: a fixed horizon is judged then, and never where the test was stopped before. */
  readonly isAtEnd: boolean;
}

/** The metrics of which a look needs the values of all units: only at the planned end, and only where the test declares it. */
export function rankedMetrics(experiment: Experiment): readonly string[] {
  const { method, isAtEnd } = analysisPlan(experiment);
  if (method !== 'fixedHorizon' || !isAtEnd) return [];
  return experiment.trackedMetrics.filter(({ test }) => test === 'mannWhitney').map(({ name }) => name);
}

export function analysisPlan(experiment: Experiment): AnalysisPlan {
  const { method, plannedUnits, startedAt, stoppedAt, durationMs } = experiment;
  return {
    method,
    tuning: { alpha: ALPHA, optimalN: plannedUnits ?? DEFAULT_OPTIMAL_N },
    isAtEnd: startedAt !== null && stoppedAt !== null && stoppedAt - startedAt >= durationMs,
  };
}
