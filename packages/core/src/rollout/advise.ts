/** What speaks against a plan although it is allowed: the best practices of a rollout, as warnings in words. */
import type { Experiment } from '../experiment/experiment.ts';
import { type Allocation, type Flag, servedShare } from '../flag/flag.ts';
import { overlaps } from '../flag/overlap.ts';
import { editsOfShare } from '../schedule/edits-of-share.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { shareToPercentage } from '../share.ts';
import { boundWarnings, type PresentFigures } from './bound-advice.ts';
import type { Rollout, RolloutPlan, Stage } from './rollout.ts';
import { CANARY_PERCENTAGES } from './stages.ts';

/** A change that begins with more than that is no small start. */
const LARGEST_START = 5;

export interface AdviceFacts {
  /** As the rollout would find it. */
  readonly flag: Flag;
  /** Rollouts and tests that have not ended, the flag's own included. */
  readonly underWay: readonly (Rollout | Experiment)[];
  readonly flags: { get(key: string): Flag | undefined };
  /** Edits of the flag that wait for their instants. */
  readonly schedule?: Schedule | undefined;
  /** Absent: what is served now is not measured. */
  readonly present?: PresentFigures;
}

/** Empty when nothing speaks against it. Whoever is warned may go on all the same. */
export function adviseRollout(plan: RolloutPlan, { flag, underWay, flags, schedule, present }: AdviceFacts): string[] {
  return [
    ...sizeWarnings(plan, servedBefore(plan, flag)),
    ...triggerWarnings(plan),
    ...(present === undefined ? [] : boundWarnings(plan, present)),
    ...overlaps(flag.key, underWay, flags),
    ...(schedule === undefined ? [] : scheduleWarnings(schedule)),
  ];
}

function scheduleWarnings(schedule: Schedule): string[] {
  return editsOfShare(schedule).map(
    ({ id, at }) =>
      `the edit "${id}", scheduled for ${new Date(at).toISOString()}, moves the same share; it is refused if the rollout still runs then`,
  );
}

/** Nobody has a variant that the flag does not serve yet. */
function servedBefore({ toVariant }: RolloutPlan, flag: Allocation & Pick<Flag, 'onVariant'>): number {
  return toVariant !== null && toVariant !== flag.onVariant ? 0 : shareToPercentage(servedShare(flag));
}

function sizeWarnings(plan: RolloutPlan, before: number): string[] {
  const [first] = plan.stages;
  const start =
    before === 0 && first.percentage > LARGEST_START
      ? [`the first stage opens ${first.percentage} % at once; a start of 1 to ${LARGEST_START} % shows most faults to fewer`]
      : [];
  return [...start, ...steepSteps(plan, before)];
}

/** A ring is its members whatever it is called, and blue-green is one switch by design. */
function steepSteps({ strategy, stages }: RolloutPlan, before: number): string[] {
  if (strategy !== 'canary' && strategy !== 'percentage') return [];
  return stages.flatMap((stage, index): string[] => {
    const from = index === 0 ? before : (stages[index - 1]?.percentage ?? 0);
    const isSteep = from > 0 && stage.percentage > 2 * from && !(strategy === 'canary' && isStandardStep(from, stage.percentage));
    return isSteep ? [`stage ${index + 1} goes from ${from} to ${stage.percentage} %, which is more than double`] : [];
  });
}

/** No further than the standard canary goes from there. */
function isStandardStep(from: number, to: number): boolean {
  return to <= (CANARY_PERCENTAGES.find((percentage) => percentage > from) ?? to);
}

function triggerWarnings({ stages, validatorName }: RolloutPlan): string[] {
  if (validatorName !== null) return [];
  const unjudged = stages.flatMap((stage, index) => (isJudged(stage) ? [] : [index + 1]));
  if (unjudged.length === 0) return [];
  const which = unjudged.length === stages.length ? '' : ` in ${unjudged.length > 1 ? 'stages' : 'stage'} ${unjudged.join(', ')}`;
  return [`nothing rolls it back by itself${which}: neither criteria nor a validator is named`];
}

function isJudged({ criteria }: Stage): boolean {
  return criteria.some((criterion) => !criterion.dryRun);
}
