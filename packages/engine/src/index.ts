/** The names of `sluice`. */
export {
  type Adjustment,
  type AdministrationRecord,
  type AnyFlags,
  actorOf,
  type Breakdown,
  type Change,
  type Condition,
  type CopiedPart,
  type Criterion,
  type CriterionSettings,
  type DeadLetter,
  type DefinitionSettings,
  type Delivery,
  type Difference,
  type DimensionValueResults,
  type Environment,
  type EnvironmentRecord,
  type EnvironmentSettings,
  type Evaluation,
  type EvaluationFor,
  Evaluations,
  type EventType,
  type ExcludedUnits,
  type Explanation,
  type FixedTest,
  type FlagComparison,
  type FlagName,
  type FlagSettings,
  type FlagStatus,
  type FlagType,
  type FreezeWindowSettings,
  type ImportEntry,
  type InstantSetting,
  type Issue,
  type JsonObject,
  type JsonValue,
  type LoggedEvent,
  type Measurement,
  type MetricQuery,
  type MetricResult,
  type Operators,
  PERMISSIONS,
  type Percentiles,
  type Permission,
  type Person,
  type PersonSettings,
  type Prerequisite,
  type Principal,
  type Project,
  type ProjectSettings,
  type PublicEvent,
  type PublicPerson,
  type PublicRecord,
  type PublicToken,
  type PublicWebhook,
  permits,
  publicEvent,
  publicRecord,
  type Receipt,
  type RecordKind,
  ROLES,
  type Role,
  type Roles,
  type RolloutAssumptions,
  type RolloutForecast,
  RolloutPhase,
  type RolloutSettings,
  type RolloutStatus,
  RolloutStrategy,
  type SampleRatio,
  type Scope,
  type SegmentSettings,
  type SegmentUser,
  type SimulatedOutcomes,
  type SluiceDocument,
  SluiceError,
  type SluiceRecord,
  type StageSettings,
  type StaleSettings,
  type StandingEmergency,
  type Tally,
  type TestChanges,
  type TestResults,
  type TestSettings,
  TOKEN_KINDS,
  TOKEN_PERMISSIONS,
  type Token,
  type TokenKind,
  type TokenSettings,
  type TrackedMetric,
  type Unit,
  type UsedTest,
  type VariantName,
  type Verdict,
  type Webhook,
  type WebhookFormat,
  type WebhookSettings,
  type WeeklySettings,
} from '@sluice/core';
export { ABTestManager, type ShipOptions, TestVariant } from './ab-test-manager.ts';
export type { BreakGlassOptions } from './break-glass/break-glass-options.ts';
export type { PendingEmergency } from './break-glass/pending-emergency.ts';
export type { Clock } from './clock/clock.ts';
export { type ManualClock, manualClock } from './clock/manual-clock.ts';
export { type SystemClockOptions, systemClock } from './clock/system-clock.ts';
export type { VersionHealth } from './components/health.ts';
export type { VersionLoader } from './components/loader.ts';
export type { RegisterOptions } from './components/registration.ts';
export type { VersionDetails } from './components/version-details.ts';
export type { HealthCheck, VersionState } from './components/version-slot.ts';
export type { ScheduledEditDetails, ScheduleOptions } from './edit-scheduler.ts';
export { FeatureFlagManager, type FlagManager, type ShareOptions } from './feature-flag-manager.ts';
export type { FlagDetails } from './flag-details.ts';
export type { FlagStats } from './flag-stats.ts';
export { HotSwapManager, type HotSwapManagerOptions, type SwapResult } from './hot-swap-manager.ts';
export { knownFactsOf } from './known-facts.ts';
export type { Listener } from './listeners.ts';
export { type Logger, silentLogger } from './logger.ts';
export type { Fetch } from './metrics/bounded-fetch.ts';
export { type HttpJsonSourceOptions, httpJsonSource } from './metrics/http-json-source.ts';
export type { IngestedSample, RefusedSample } from './metrics/ingested-batch.ts';
export type { IngestedExposure, IngestedTestValue } from './metrics/ingested-exposures.ts';
export {
  type IngestedBatch,
  IngestedMetrics,
  type IngestedMetricsOptions,
  type IngestResult,
  ingestedMetricsOf,
  type ReportedBatch,
  type ReportResult,
} from './metrics/ingested-metrics.ts';
export type { EventCount, EventQuery, MeasuredRange, MetricSource } from './metrics/metric-source.ts';
export {
  MetricsCollector,
  type MetricsCollectorOptions,
  type MetricsQuery,
  type SeriesSummary,
} from './metrics/metrics-collector.ts';
export { type PrometheusQuery, type PrometheusSourceOptions, prometheusSource } from './metrics/prometheus-source.ts';
export type { MetricLabels, SampleListener } from './metrics/sample.ts';
export { SENDER_REMEMBERED_MS } from './metrics/sender.ts';
export { takeUnitReport, type UnitReport, type UnitReportResult } from './metrics/unit-report.ts';
export type { EditOptions, MutationOptions } from './mutation.ts';
export type { OverrideSettings } from './overrides.ts';
export type { EditPreview, PreviewedUnit, PreviewOptions, PreviewRefusal, UnitOutcome } from './preview-edit.ts';
export { RollbackManager } from './rollback-manager.ts';
export type { WrittenReport } from './rollback-report.ts';
export {
  type GradualRollback,
  type ImmediateRollbackOptions,
  type RollbackOptions,
  type RollbackRecord,
  type RollbackResult,
  RollbackStrategy,
} from './rollback-result.ts';
export { RolloutManager, type RolloutManagerOptions } from './rollout-manager.ts';
export type { StartRolloutOptions } from './rollout-start.ts';
export type { SegmentDetails, SegmentSummary } from './segment-editor.ts';
export { type SimulateOptions, simulateRollout } from './simulate-rollout.ts';
export { createSluice, type Sluice } from './sluice.ts';
export type { Exposure, SluiceEvents } from './sluice-events.ts';
export type { SluiceOptions } from './sluice-options.ts';
export type { StaleFlag } from './stale-flags.ts';
export { type FileStoreOptions, fileStore } from './store/file-store.ts';
export type { CommitWatch, WatchedCommit } from './store/last-good/commit-watch.ts';
export { type LastGoodOptions, type LastGoodStore, lastGoodStore, type Staleness } from './store/last-good/last-good-store.ts';
export { type MemoryStoreOptions, memoryStore } from './store/memory-store.ts';
export type { Committed, FactsBatch, Fence, LeaseRequest, LogQuery, Store, StoredState, TallyDelta } from './store/store.ts';
export type { TestDetails, TestFilter } from './test-details.ts';
export type { ImportOptions, ImportResult } from './transfer.ts';
export type { Validator, ValidatorContext, ValidatorQuestion } from './validators.ts';
export type { AccessManager, AccessOptions, Credentials } from './workspace/access-manager.ts';
export type { Equip } from './workspace/environments.ts';
export type { EnvironmentFigures, ProcessFigures } from './workspace/process-figures.ts';
export type { HistoryPage, HistoryQuery } from './workspace/project-history.ts';
export type { CopyOptions, EnvironmentPair, ProjectManager } from './workspace/project-manager.ts';
export type { WebhookDetails, WebhookManager } from './workspace/webhook-manager.ts';
export { type EnvironmentState, openWorkspace, type Workspace, type WorkspaceOptions } from './workspace/workspace.ts';
