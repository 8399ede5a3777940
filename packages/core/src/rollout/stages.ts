/** A strategy is a function from a target to a list of stages. */
import type { Criterion } from '../analysis/criterion.ts';
import type { Issue } from '../error.ts';
import { type Allocation, servedShare } from '../flag/flag.ts';
import { shown } from '../flag/shown.ts';
import { percentageProblem, type Share } from '../share.ts';
import { durationProblem, exposuresProblem } from './duration.ts';
import type { RolloutStrategyName, Stage } from './rollout.ts';

/** A stage as people write it: a percentage, or one with its own bake, criteria and approval. */
export interface StageSettings {
  readonly percentage: number;
  readonly groups?: readonly string[];
  readonly bakeMs?: number;
  readonly minExposures?: number;
  readonly criteria?: readonly Criterion[];
  readonly approval?: 'auto' | 'manual';
  readonly deadlineMs?: number;
  /** Milliseconds since 1970. */
  readonly notBefore?: number | null;
}

/** What stages share unless one says otherwise. */
export interface StageDefaults {
  readonly bakeMs: number;
  /** Null: 100 where criteria judge, which need units to judge by, else 0. */
  readonly minExposures: number | null;
  readonly criteria: readonly Criterion[];
  readonly approval: 'auto' | 'manual';
  readonly deadlineMs: number | null;
}

export const DEFAULT_BAKE_MS = 300_000;
export const DEFAULT_DEADLINE_MS = 86_400_000;
const EXPOSURES_TO_JUDGE = 100;
export const CANARY_PERCENTAGES: readonly number[] = [1, 5, 10, 25, 50, 100];
const CANARY: readonly StageSettings[] = CANARY_PERCENTAGES.map((percentage) => ({ percentage }));
const RINGS: readonly StageSettings[] = [
  { percentage: 1, groups: ['internal'] },
  { percentage: 10, groups: ['beta'] },
  { percentage: 100 },
];

interface StagesInput {
  readonly flag: string;
  readonly strategy: RolloutStrategyName;
  readonly targetPercentage: number;
  readonly custom: readonly StageSettings[] | null;
  readonly defaults: StageDefaults;
  readonly before: Allocation;
}

/** The stages still to go from `before`, or why there are none. A group that is in stays in at every later stage. */
export function planStages(input: StagesInput): readonly [Stage, ...Stage[]] | readonly Issue[] {
  const problem = percentageProblem(input.targetPercentage);
  if (problem !== null) return [{ path: '/targetPercentage', message: `${problem}; it is ${shown(input.targetPercentage)}` }];
  const wanted = input.custom ?? standardStages(input);
  const issues = orderIssues(wanted);
  if (issues.length > 0) return issues;
  const [first, ...rest] = cumulative(remaining(input, wanted).map((settings) => stageOf(settings, input)));
  if (first !== undefined && shareOf(input.targetPercentage) > servedShare(input.before)) return [first, ...rest];
  return [
    {
      path: '/targetPercentage',
      message: `nothing is left to roll out: the flag serves ${servedShare(input.before) / 1000} % and the target is ${input.targetPercentage} %`,
    },
  ];
}

function standardStages({ strategy, flag }: StagesInput): readonly StageSettings[] {
  if (strategy === 'ring') return RINGS;
  if (strategy === 'blueGreen') return [{ percentage: 0, groups: [`${flag}-preview`] }, { percentage: 100 }];
  return CANARY;
}

/** One for each half a percent: each is rehearsed before the first is opened. */
const MOST_STAGES = 200;

function orderIssues(stages: readonly StageSettings[]): Issue[] {
  if (stages.length === 0) return [{ path: '/stages', message: 'must have at least one stage' }];
  if (stages.length > MOST_STAGES)
    return [{ path: '/stages', message: `may have at most ${MOST_STAGES} stages; it has ${stages.length}` }];
  return stages.flatMap((stage, index): Issue[] => {
    const path = `/stages/${index}`;
    const before = stages[index - 1]?.percentage;
    const problem = percentageProblem(stage.percentage);
    if (problem !== null) return [{ path, message: `${problem}; it is ${shown(stage.percentage)}` }];
    if (before !== undefined && stage.percentage <= before)
      return [{ path, message: `must be above the stage before it, ${before} %; it is ${stage.percentage} %` }];
    return durationIssues(stage, path);
  });
}

function durationIssues(stage: StageSettings, path: string): Issue[] {
  return (['bakeMs', 'minExposures', 'deadlineMs'] as const).flatMap((name): Issue[] => {
    const value: unknown = stage[name];
    const problem = name === 'minExposures' ? exposuresProblem(value) : durationProblem(value, 0);
    return value === undefined || problem === null ? [] : [{ path: `${path}/${name}`, message: problem }];
  });
}

/** The target truncates; what the flag serves already is not served again. Rings and the preview are never skipped. */
function remaining(input: StagesInput, stages: readonly StageSettings[]): readonly StageSettings[] {
  const { targetPercentage, before } = input;
  const truncated = [
    ...stages.filter((stage) => stage.percentage < targetPercentage),
    stages.find((stage) => stage.percentage === targetPercentage) ?? { percentage: targetPercentage },
  ];
  return truncated.filter((stage) => isByGroups(stage, input) || shareOf(stage.percentage) > servedShare(before));
}

/** Each stage with the groups of those before it: at a target below 100 % the share alone would drop their members. */
function cumulative(stages: readonly Stage[]): readonly Stage[] {
  return stages.map((stage, index) => ({
    ...stage,
    groups: [...new Set(stages.slice(0, index + 1).flatMap(({ groups }) => groups))],
  }));
}

/** Groups decide who is in until the last stage; only then does the share move. */
function isByGroups({ groups, percentage }: StageSettings, { strategy, targetPercentage }: StagesInput): boolean {
  return (strategy === 'ring' || strategy === 'blueGreen') && groups !== undefined && percentage < targetPercentage;
}

function stageOf(settings: StageSettings, input: StagesInput): Stage {
  const { defaults } = input;
  const bakeMs = settings.bakeMs ?? defaults.bakeMs;
  const criteria = settings.criteria ?? defaults.criteria;
  const judges = criteria.some((criterion) => !criterion.dryRun);
  return {
    percentage: settings.percentage,
    share: isByGroups(settings, input) ? null : shareOf(settings.percentage),
    groups: settings.groups ?? [],
    bakeMs,
    minExposures: settings.minExposures ?? defaults.minExposures ?? (judges ? EXPOSURES_TO_JUDGE : 0),
    criteria,
    approval: settings.approval ?? defaults.approval,
    deadlineMs: Math.max(settings.deadlineMs ?? defaults.deadlineMs ?? DEFAULT_DEADLINE_MS, 2 * bakeMs),
    notBefore: settings.notBefore ?? null,
  };
}

function shareOf(percentage: number): Share {
  return Math.round(percentage * 1000);
}

/** Descending stages of a gradual rollback: no criteria, no approval, each as long as the interval. */
export function rollbackStages(percentages: readonly number[], intervalMs: number): readonly Stage[] {
  return percentages.map((percentage) => ({
    percentage,
    share: shareOf(percentage),
    groups: [],
    bakeMs: intervalMs,
    minExposures: 0,
    criteria: [],
    approval: 'auto',
    deadlineMs: Math.max(DEFAULT_DEADLINE_MS, 2 * intervalMs),
    notBefore: null,
  }));
}
