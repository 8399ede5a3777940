/** The names of experiments. */
export { adviseTest, type TestAdviceFacts } from './experiment/advise.ts';
export { rankedMetrics } from './experiment/analysis-plan.ts';
export { planArchiveTest } from './experiment/archive.ts';
export type { Breakdown, DimensionValueResults } from './experiment/breakdown.ts';
export { parseChanges, type TestChanges } from './experiment/changes.ts';
export { dimensionsOf } from './experiment/dimensions.ts';
export { driftOf } from './experiment/drift.ts';
export { segmentChangeInWords, segmentsSinceStart } from './experiment/eligibility-drift.ts';
export {
  type Aggregation,
  type Arm,
  type Experiment,
  type FixedTest,
  type MetricRole,
  TEST_PHASES,
  type TestMethod,
  type TrackedMetric,
} from './experiment/experiment.ts';
export type { Layer, LayerFacts } from './experiment/layer.ts';
export {
  type AppliedDelta,
  applyObservationDelta,
  applyUnitDelta,
  armTotals,
  emptyTotals,
  type MetricTotals,
  noteMetrics,
  refuseUnit,
  type SubjectTotals,
} from './experiment/ledger.ts';
export type { LedgerRow } from './experiment/ledger-row.ts';
export {
  createExperiment,
  type StartFacts,
  startExperiment,
  startScheduled,
  stopExperiment,
} from './experiment/lifecycle.ts';
export type { TrailPoint } from './experiment/look-trail.ts';
export { type Look, type LookDelta, type Looks, mergeLooks, NO_LOOKS } from './experiment/looks.ts';
export { defaultGoal, needsUser, rulesOf, takesAPart } from './experiment/metric.ts';
export type { Adjustment, MetricReason, MetricResult, MetricVerdict, UsedTest } from './experiment/metric-result.ts';
export { type ArmSettings, CONTROL, TREATMENT } from './experiment/parse-arms.ts';
export { type PlannedMetric, planTest, type TestPlan, type TestPlanSettings } from './experiment/plan-test.ts';
export { isRebuildDue, MAX_REPLACEMENTS, rebuildDimensions, rebuildMetric, rebuildPairs } from './experiment/rebuild.ts';
export { lookAtTest, type TestLook, testResult } from './experiment/result.ts';
export type { SampleRatio } from './experiment/sample-ratio-check.ts';
export { type ParsedTestSettings, parseTestSettings, type TestSettings } from './experiment/settings.ts';
export { armToShip, planShip, shipReason } from './experiment/ship.ts';
export { subjectOf } from './experiment/subject.ts';
export type { ArmResults, ExcludedUnits, TestResults } from './experiment/test-results.ts';
export type { MetricDelta, MetricRules, ObservationDelta, UnitDelta } from './experiment/unit-delta.ts';
export { MAX_RANKED_UNITS, type UnitValues, unitValuesOf } from './experiment/unit-values.ts';
export { planRebase, planTestUpdate } from './experiment/update.ts';
export { wholeExperiment } from './experiment/whole-experiment.ts';
