/** The statistical methods by themselves: published as `@sluice/core/statistics`. */
export {
  addPair,
  type CrossMoments,
  covarianceOf,
  emptyCrossMoments,
  mergeCrossMoments,
  removePair,
} from '../analysis/cross-moments.ts';
export type { Moments } from '../analysis/moments.ts';
export { type Answer, isAnswer, NO_ANSWER_REASONS, type NoAnswer, type NoAnswerReason, pOfLogE } from './answer.ts';
export { benjaminiHochberg } from './benjamini-hochberg.ts';
export { bonferroni } from './bonferroni.ts';
export { chiSquareCdf, chiSquareLogTail, chiSquareTail, chiSquareUpperQuantile } from './chi-square.ts';
export {
  type ConfidenceSequence,
  confidenceSequence,
  DEFAULT_OPTIMAL_N,
  mixtureRho,
  type OneSidedBounds,
  oneSidedBounds,
  oneSidedMultiplier,
  type SequenceTuning,
  sequenceLogE,
  sequenceMultiplier,
} from './confidence-sequence.ts';
export { type Cuped, cuped } from './cuped.ts';
export { addInterval, EMPTY_EVENT_GRID, type EventGrid, type EventInterval, gridEvidence } from './event-grid.ts';
export { EVENT_CONCENTRATION, type EventCounts, type EventTest, eventTest, toleratedShare } from './event-test.ts';
export { holm } from './holm.ts';
export { type IncompleteBeta, incompleteBeta } from './incomplete-beta.ts';
export { type IncompleteGamma, incompleteGamma } from './incomplete-gamma.ts';
export { type LiftSet, liftSet } from './lift-set.ts';
export { logBeta, logGamma } from './log-gamma.ts';
export { type MannWhitneyTest, mannWhitneyTest } from './mann-whitney.ts';
export { normalCdf, normalDensity, normalLogTail, normalQuantile, normalTail, normalUpperQuantile } from './normal.ts';
export type { PairedSummary } from './paired-summary.ts';
export { type PlannedDuration, plannedDuration } from './plan-duration.ts';
export { detectableDifference, type PlanLevels, powerForMeans, type SampleSize, sampleSizeForMeans } from './plan-means.ts';
export { sampleSizeForProportions } from './plan-proportions.ts';
export { type SequentialSize, sequentialDetectableEffect, sequentialPower, sequentialSampleSize } from './plan-sequential.ts';
export { type RatioTest, ratioSummary, ratioTest } from './ratio-metric.ts';
export {
  isNearZero,
  liftInterval,
  liftSequence,
  MIN_ERRORS_FROM_ZERO,
  type RelativeLift,
  relativeLift,
} from './relative-lift.ts';
export { runningP } from './running-p.ts';
export { SAMPLE_RATIO_LEVEL, type SampleRatioTest, sampleRatioTest } from './sample-ratio.ts';
export { type SampleSummary, type StandardError, standardError } from './sample-summary.ts';
export { SAMPLE_RATIO_CONCENTRATION, type SequentialSampleRatio, sequentialSampleRatio } from './sequential-sample-ratio.ts';
export {
  type StageCounts,
  type StagedEventTest,
  type StratifiedDifference,
  stagedEventTest,
  stratifiedDifference,
} from './staged-event-test.ts';
export { studentTLogTail, studentTTail, studentTUpperQuantile } from './student-t.ts';
export { type Proportion, type ProportionTest, type TwoProportionTest, twoProportionTest } from './two-proportion.ts';
export { type WelchTest, welchTest } from './welch.ts';
