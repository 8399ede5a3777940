/** The names of core. */
export * from './administration.ts';
export type { Compared, ComparedBy, ComparedEvents, ComparedMeans } from './analysis/comparison.ts';
export {
  type Criterion,
  type ErrorCause,
  type HarmCause,
  type Measurement,
  VERDICTS,
  type Verdict,
  type VerdictName,
} from './analysis/criterion.ts';
export {
  type DistinctCount,
  distinctFromIndices,
  distinctRegisters,
  estimateDistinct,
  estimateRegisters,
  mergeDistinct,
  newRegisters,
  raise,
} from './analysis/distinct.ts';
export { judge, worstVerdict } from './analysis/judge.ts';
export { isMeasurable, LARGEST_MEASURABLE, MEASURABLE } from './analysis/measurable.ts';
export { type MetricQuery, parseMetric } from './analysis/metric.ts';
export {
  addValue,
  emptyMoments,
  lostDigits,
  type Moments,
  meanOf,
  mergeMoments,
  removeValue,
  varianceOf,
  withZeros,
} from './analysis/moments.ts';
export { type CriterionSettings, parseCriterion } from './analysis/parse-criterion.ts';
export type { ComparedFigures } from './analysis/ratio-band.ts';
export type { RequestCounts, RequestInterval } from './analysis/request-counts.ts';
export {
  addToSketch,
  builtSketch,
  countAbove,
  EMPTY_SKETCH,
  mergeSketches,
  type Sketch,
  type SketchBuilder,
  sketchBuilder,
  sketchQuantile,
} from './analysis/sketch.ts';
export { emptyTally, mergeTally, type Tally } from './analysis/tally.ts';
export { comparedMeanOf, slowMetricOf } from './analysis/versus-control.ts';
export { worstMeasurement } from './analysis/worst-measurement.ts';
export type { Change } from './change.ts';
export { adoptedComponent, registryIssues } from './component/adopt.ts';
export type { Component, RegisteredVersion } from './component/component.ts';
export { type ComponentFacts, componentOf, liveVersion, planRegisterVersion, planRetireVersion } from './component/register.ts';
export { versionShares, versionsInUse } from './component/served.ts';
export { percentageOfOthers, planRollbackToVersion, planSwap } from './component/swap.ts';
export { isEarlierVersion, parseVersion } from './component/version.ts';
export { ERROR_CODES, type ErrorCode, type Issue, isRefusal, type Receipt, type Refusal, refuse, SluiceError } from './error.ts';
export { type Attribution, eventOf, type LoggedEvent, type SluiceEvent } from './event.ts';
export { EVENT_TYPES, type EventType } from './event-type.ts';
export * from './experimentation.ts';
export { AnswerLog, type MeteredFlag } from './flag/answer-log.ts';
export { type Assignment, assignmentsOf } from './flag/assignments.ts';
export { bucketOf, mixHash, saltHash, thresholdOf } from './flag/bucket.ts';
export { type CompiledFlag, compileFlag, type FlagHolder, unreadableFlag } from './flag/compile.ts';
export type { Condition, Operators, Scalar } from './flag/condition.ts';
export type { AnyFlags, EvaluationFor, FallbackFor, FlagName, VariantName } from './flag/declared-flags.ts';
export { editFlag, type FlagEdit, isKillAlone, newFlag } from './flag/edit.ts';
export {
  decide,
  type Evaluation,
  type EvaluationError,
  errorOf,
  evaluateCompiled,
  evaluationOf,
  hashOfKey,
  isDrawn,
  isUsableKey,
  notFound,
  type Reason,
  reasonOf,
  slotCount,
  slotOf,
  unitKeyOf,
  variantIndexOf,
} from './flag/evaluate.ts';
export { Evaluations } from './flag/evaluations.ts';
export { type ExplainedStep, type Explanation, explainCompiled } from './flag/explain.ts';
export {
  type Allocation,
  allocationOf,
  FLAG_STATUSES,
  type Flag,
  type FlagStatus,
  type Rule,
  type ShareOwner,
  servedShare,
  type VariantShare,
} from './flag/flag.ts';
export type { FlagFacts } from './flag/flag-facts.ts';
export { type FileFlag, nameProblem } from './flag/flag-file.ts';
export { MAX_KEY_BYTES } from './flag/flag-limits.ts';
export { FlagMeter } from './flag/flag-meter.ts';
export { FlagTable } from './flag/flag-table.ts';
export { formatFlag, mergeFileFlag, rebasedFileFlag, saysLess } from './flag/format-file.ts';
export { hashDigits, hashText, type KeyHash } from './flag/hash.ts';
export { lossRefusal, lostVariantProblem } from './flag/lost-variants.ts';
export { type SegmentHolder, type SegmentLookup, sharedConditions } from './flag/match.ts';
export { nearest } from './flag/nearest.ts';
export { overlaps } from './flag/overlap.ts';
export { type Override, overriddenFlag, placeholderFlag } from './flag/override.ts';
export { parseCondition } from './flag/parse-condition.ts';
export { parseFlagFile } from './flag/parse-file.ts';
export { endOwner, freedFlag, planFlagEdit } from './flag/plan-edit.ts';
export { findCycle, type Prerequisite, prerequisitesOf, shownCycle } from './flag/prerequisite.ts';
export { rebalance, splitWeights } from './flag/rebalance.ts';
export { restoredSettings } from './flag/restored-settings.ts';
export { type FlagSettings, parseFlagSettings } from './flag/settings.ts';
export { type ShortFlag, shortFlag, wholeFlag } from './flag/short-flag.ts';
export { shown } from './flag/shown.ts';
export type { SlotRange } from './flag/slots.ts';
export {
  parseStaleSettings,
  STALE_SIGNS,
  type StaleSettings,
  type StaleSign,
  staleSigns,
} from './flag/staleness.ts';
export type { Unit } from './flag/unit.ts';
export { isInTraffic, isWithinShare } from './flag/within-share.ts';
export { copyJson, isJsonObject, type JsonObject, type JsonValue, jsonEqual } from './json.ts';
export { jsonSize } from './json-size.ts';
export type { AdministrationRecord, EnvironmentRecord, RecordKind, RecordOf, SluiceRecord } from './record.ts';
export {
  type Emergency,
  type EmergencyAct,
  planEmergency,
  planReconciliation,
  type Reconciliation,
  withEmergencies,
} from './rollback/emergency.ts';
export { type GradualStop, gradualStop } from './rollback/gradual-stop.ts';
export { parseEmergency, parseEmergencyAct } from './rollback/parse-emergency.ts';
export { type ReportFacts, type RollbackReport, rollbackReport, rolledBackRollout, type StageCounts } from './rollback/report.ts';
export { escapeMarkdown, rollbackMarkdown } from './rollback/report-markdown.ts';
export { planGradualRollback, planImmediateRollback, planTargetedRollback } from './rollback/rollback.ts';
export { ROLLBACK_EVENTS, type RollbackStrategyName, rollbackStrategyOf, rollbacksAmong } from './rollback/strategy.ts';
export { controlRange, hasControl } from './rollout/absence.ts';
export { type AdviceFacts, adviseRollout } from './rollout/advise.ts';
export type { PresentFigures } from './rollout/bound-advice.ts';
export { comparesEvents, requestsFrom } from './rollout/comparisons.ts';
export type { EvidencePoint, EvidenceTrail } from './rollout/evidence-trail.ts';
export type { FreezeWindow } from './rollout/freeze.ts';
export type { RolloutCommand, RolloutInput } from './rollout/input.ts';
export { planStart, type StartRequest } from './rollout/plan-start.ts';
export { planTransition } from './rollout/plan-transition.ts';
export {
  currentStage,
  HOLD_REASONS,
  type HoldReason,
  isEnded,
  type Phase,
  type Rollout,
  type RolloutPlan,
  type Stage,
  type Validation,
} from './rollout/rollout.ts';
export { parseRolloutSettings, type RolloutSettings, RolloutStrategy } from './rollout/settings.ts';
export { type SourceHealth, type SourceStatus, sourceStatuses } from './rollout/source-status.ts';
export { planStages, type StageSettings } from './rollout/stages.ts';
export { archivedRefusal, startRollout } from './rollout/start.ts';
export {
  type FreezeWindowSettings,
  type InstantSetting,
  instantOf,
  parseFreezeWindows,
  type StartSettings,
  type WeeklySettings,
} from './rollout/start-settings.ts';
export { RolloutPhase, type RolloutStatus, rolloutStatus, type StatusFacts } from './rollout/status.ts';
export {
  type RolloutFacts,
  stoodStill,
  type Transition,
  type TransitionEvent,
  type Unmeasured,
  unwatched,
} from './rollout/step.ts';
export { transition } from './rollout/transition.ts';
export { wholeRollout } from './rollout/whole-rollout.ts';
export {
  type DueEditRules,
  planCancelEdit,
  planDueEdit,
  planScheduleEdit,
  type ScheduleFacts,
} from './schedule/plan-schedule.ts';
export type { Schedule, ScheduledEdit } from './schedule/schedule.ts';
export { DEFAULT_SCOPE, EVERY, INSTALLATION_SCOPE, isScope, projectScope, type Scope, sameScope } from './scope.ts';
export { planSegmentEdit, type SegmentEdit, type SegmentFacts } from './segment/plan-segment.ts';
export { missingSegmentIssues, segmentsNamedBy } from './segment/references.ts';
export type { Segment, SegmentFinder } from './segment/segment.ts';
export { type MemberSetFinder, SegmentMatchers } from './segment/segment-matchers.ts';
export { memberIssues, parseSegmentSettings, type SegmentSettings } from './segment/settings.ts';
export { type SegmentUser, type SegmentWorld, usersOfSegment } from './segment/users.ts';
export { percentageProblem, percentageToShare, type Share, shareToPercentage, WHOLE_SHARE } from './share.ts';
export type { RolloutAssumptions } from './simulation/assumptions.ts';
export type { Percentiles, RolloutForecast, SimulatedOutcomes } from './simulation/forecast.ts';
export { seededGenerator } from './simulation/seeded-generator.ts';
export { type SimulationOptions, simulateByReplicate, simulateRollout } from './simulation/simulate-rollout.ts';
export { type AskedDimensions, askedOf } from './snapshot/asked-dimensions.ts';
export { applyDelta, type Delta, deltaOf } from './snapshot/delta.ts';
export {
  type EncodedMemberSet,
  encodeMemberSet,
  MAX_LISTED_MEMBERS,
  MemberSet,
  type MemberSetName,
} from './snapshot/member-set.ts';
export { type SegmentForm, type SnapshotSegment, segmentForm } from './snapshot/segment-form.ts';
export {
  memberSetsOf,
  type Snapshot,
  type StandingEmergency,
  servedFlags,
  snapshotFingerprint,
  snapshotOf,
} from './snapshot/snapshot.ts';
export { fittedReason, textProblem } from './text-limits.ts';
export { exportDocument, type SluiceDocument } from './transfer/document.ts';
export { parseDocument } from './transfer/parse-document.ts';
export { type ImportEntry, type ImportPlan, ON_EXISTING, type OnExisting, planImport } from './transfer/plan-import.ts';
