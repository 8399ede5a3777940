/** The options of `startRollout`: read whole, with every problem named at once. */
import type { Criterion } from '../analysis/criterion.ts';
import { type CriterionSettings, parseCriterion } from '../analysis/parse-criterion.ts';
import type { Component } from '../component/component.ts';
import { type Issue, SluiceError } from '../error.ts';
import type { Flag } from '../flag/flag.ts';
import { nearest } from '../flag/nearest.ts';
import { shown } from '../flag/shown.ts';
import { isJsonObject } from '../json.ts';
import { durationProblem, exposuresProblem } from './duration.ts';
import { ROLLOUT_STRATEGIES, type RolloutPlan, type RolloutStrategyName } from './rollout.ts';
import { DEFAULT_BAKE_MS, planStages, type StageSettings } from './stages.ts';
import {
  INSTANT,
  type InstantSetting,
  instantOf,
  readStart,
  START_SETTINGS,
  type StartPlan,
  type StartSettings,
} from './start-settings.ts';
import { targetVariant, versionIssues } from './to-version.ts';

export const RolloutStrategy = {
  CANARY: 'canary',
  BLUE_GREEN: 'blueGreen',
  PERCENTAGE: 'percentage',
  RING: 'ring',
} as const satisfies Record<string, RolloutStrategyName>;
export type RolloutStrategy = RolloutStrategyName;

/** All durations in milliseconds. */
export interface RolloutSettings extends StartSettings {
  readonly strategy: RolloutStrategyName;
  /** Under which name the validator is found; absent without one. */
  readonly validatorName?: string;
  /** 100 unless given. */
  readonly targetPercentage?: number;
  /** Needed by `percentage`; replaces the standard stages of the other strategies. Ascending; the target is added if it is not among them. */
  readonly stages?: readonly (
    | number
    | (Omit<StageSettings, 'criteria' | 'notBefore'> & {
        readonly criteria?: readonly CriterionSettings[];
        /** The stage is not opened before. */
        readonly notBefore?: InstantSetting;
      })
  )[];
  /** Judged all the time, in every stage that has none of its own. */
  readonly criteria?: readonly CriterionSettings[];
  /** False makes every stage wait for `approveStage`, the last one before it completes. */
  readonly autoAdvance?: boolean;
  /** The variant that the share moves to; the flag's on variant unless given. */
  readonly toVariant?: string;
  /** `toVariant` for a component: the registered version that everybody shall have, and that is the stable one from then on. */
  readonly toVersion?: string;
  /** How long each stage is watched with fresh data before it may end; five minutes unless given. */
  readonly bakeMs?: number;
  /** Distinct units that a stage must have served; 100 where criteria judge and 0 otherwise, unless given. */
  readonly minExposures?: number;
  /** Watched time after which a stage that still waits is held; a day unless given, and never less than twice the bake. */
  readonly stageDeadlineMs?: number;
  /** Besides at each stage's end, run the validator this often. */
  readonly validateEveryMs?: number;
  /** A validator that has not answered by then has failed to; 30 s unless given. */
  readonly validatorDeadlineMs?: number;
  /** How often the rollout is looked at; a second unless given. */
  readonly tickMs?: number;
  /** Allows a rollout that nothing judges. */
  readonly unvalidated?: boolean;
}

const DURATIONS = ['bakeMs', 'minExposures', 'stageDeadlineMs', 'validateEveryMs', 'validatorDeadlineMs', 'tickMs'] as const;
const KNOWN = [
  'strategy',
  'validatorName',
  'targetPercentage',
  'stages',
  'criteria',
  'autoAdvance',
  'toVariant',
  'toVersion',
  'unvalidated',
  ...START_SETTINGS,
  ...DURATIONS,
];
/** What the caller takes out of the options before they come here; a misspelt one comes. */
const KNOWN_OF_START = ['validate', 'onConflict', 'reason', 'actor'];
const KNOWN_OF_STAGE = ['percentage', 'groups', 'bakeMs', 'minExposures', 'criteria', 'approval', 'deadlineMs', 'notBefore'];

/** @throws SluiceError `invalid` naming every option that breaks a rule */
export function parseRolloutSettings(flag: Flag, input: unknown, component?: Component): RolloutPlan {
  if (!isJsonObject(input))
    throw invalid(flag.key, [
      { path: '', message: `the options must be an object such as { strategy: "canary" }; it is ${shown(input)}` },
    ]);
  const settings = input as unknown as RolloutSettings;
  const issues = [...simpleIssues(input, flag), ...versionIssues(input, flag, component)];
  const criteria = readCriteria(settings.criteria, '/criteria', issues);
  const custom = readStages(settings.stages, issues);
  const start = readStart(input, issues);
  const isJudged =
    settings.validatorName !== undefined ||
    [...criteria, ...(custom ?? []).flatMap((stage) => stage.criteria ?? [])].some(({ dryRun }) => !dryRun);
  // A criterion that is misspelt is the fault to name, not that there is none.
  if (issues.length === 0 && !isJudged && settings.unvalidated !== true)
    issues.push({
      path: '',
      message: 'nothing would judge this rollout: give `validate`, `criteria`, or `unvalidated: true` to roll out by time alone',
    });
  if (settings.strategy === 'percentage' && custom === null)
    issues.push({ path: '/stages', message: 'the strategy "percentage" needs its list of stages, such as [5, 20, 60, 100]' });
  if (issues.length > 0) throw invalid(flag.key, issues);
  const { targetPercentage = 100, strategy } = settings;
  const defaults = {
    bakeMs: settings.bakeMs ?? DEFAULT_BAKE_MS,
    minExposures: settings.minExposures ?? null,
    criteria,
    approval: settings.autoAdvance === false ? 'manual' : 'auto',
    deadlineMs: settings.stageDeadlineMs ?? null,
  } as const;
  const toVariant = targetVariant(settings, flag);
  const before = toVariant !== null && toVariant !== flag.onVariant ? { ...flag, status: 'percentage' as const, share: 0 } : flag;
  const stages = planStages({ flag: flag.key, strategy, targetPercentage, custom, defaults, before });
  if (!isPlanned(stages)) throw invalid(flag.key, stages);
  return planOf(settings, stages, targetPercentage, { toVariant, makesStable: flag.isComponent, ...start });
}

function isPlanned(stages: RolloutPlan['stages'] | readonly Issue[]): stages is RolloutPlan['stages'] {
  return stages.length > 0 && stages[0] !== undefined && 'bakeMs' in stages[0];
}

function planOf(
  settings: RolloutSettings,
  stages: RolloutPlan['stages'],
  targetPercentage: number,
  target: Pick<RolloutPlan, 'toVariant' | 'makesStable'> & StartPlan,
): RolloutPlan {
  return {
    strategy: settings.strategy,
    stages,
    targetPercentage,
    validatorName: settings.validatorName ?? null,
    validateEveryMs: settings.validateEveryMs ?? null,
    validatorDeadlineMs: settings.validatorDeadlineMs ?? 30_000,
    ...target,
    startAt: later(target.startAt, stages[0].notBefore),
    tickMs: settings.tickMs ?? 1_000,
  };
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function simpleIssues(input: { readonly [key: string]: unknown }, flag: Flag): Issue[] {
  const issues: Issue[] = Object.keys(input)
    .filter((key) => !KNOWN.includes(key) && input[key] !== undefined)
    .map((key) => ({
      path: `/${key}`,
      message: `is not an option of startRollout${nearest(key, [...KNOWN, ...KNOWN_OF_START])}`,
    }));
  if (!ROLLOUT_STRATEGIES.includes(input.strategy as RolloutStrategyName))
    issues.push({
      path: '/strategy',
      message: `must be one of ${ROLLOUT_STRATEGIES.join(', ')}; it is ${shown(input.strategy)}`,
    });
  for (const name of DURATIONS) {
    const value = input[name];
    const least = name === 'tickMs' || name === 'validateEveryMs' || name === 'validatorDeadlineMs' ? 1 : 0;
    const problem = name === 'minExposures' ? exposuresProblem(value) : durationProblem(value, least);
    if (value !== undefined && problem !== null) issues.push({ path: `/${name}`, message: problem });
  }
  for (const name of ['autoAdvance', 'unvalidated'])
    if (input[name] !== undefined && typeof input[name] !== 'boolean')
      issues.push({ path: `/${name}`, message: `must be true or false; it is ${shown(input[name])}` });
  if (input.validatorName !== undefined && (typeof input.validatorName !== 'string' || input.validatorName === ''))
    issues.push({ path: '/validatorName', message: `must be a text that is not empty; it is ${shown(input.validatorName)}` });
  if (input.toVariant !== undefined && !(typeof input.toVariant === 'string' && Object.hasOwn(flag.variants, input.toVariant)))
    issues.push({
      path: '/toVariant',
      message: `must be one of the flag's variants (${Object.keys(flag.variants).join(', ')}); it is ${shown(input.toVariant)}`,
    });
  return issues;
}

function readCriteria(value: unknown, path: string, issues: Issue[]): readonly Criterion[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    issues.push({ path, message: `must be a list of criteria; it is ${shown(value)}` });
    return [];
  }
  const first = new Map<string, number>();
  return value.flatMap((member: unknown, index): Criterion[] => {
    const parsed = parseCriterion(member, `${path}/${index}`);
    if ('issues' in parsed) {
      for (const issue of parsed.issues) issues.push(issue);
      return [];
    }
    const { name } = parsed.criterion;
    const earlier = first.get(name);
    if (earlier !== undefined)
      issues.push({
        path: `${path}/${index}/name`,
        message: `is ${shown(name)} again, which ${path}/${earlier} has; give each a name of its own, by which its verdicts are told apart`,
      });
    first.set(name, earlier ?? index);
    return [parsed.criterion];
  });
}

function readStages(value: unknown, issues: Issue[]): readonly StageSettings[] | null {
  if (value === undefined) return null;
  if (!Array.isArray(value)) {
    issues.push({ path: '/stages', message: `must be a list of percentages or stages; it is ${shown(value)}` });
    return null;
  }
  return value.map((member: unknown, index): StageSettings => {
    if (!isJsonObject(member)) return { percentage: member as number };
    const path = `/stages/${index}`;
    for (const issue of stageIssues(member, path)) issues.push(issue);
    const { criteria, notBefore, ...rest } = member;
    const stage = { ...rest, notBefore: instantOf(notBefore) } as unknown as StageSettings;
    return criteria === undefined ? stage : { ...stage, criteria: readCriteria(criteria, `${path}/criteria`, issues) };
  });
}

/** What of a stage is not a number; the numbers are checked with their order. */
function stageIssues(stage: { readonly [key: string]: unknown }, path: string): Issue[] {
  const issues: Issue[] = Object.keys(stage)
    .filter((key) => !KNOWN_OF_STAGE.includes(key) && stage[key] !== undefined)
    .map((key) => ({ path: `${path}/${key}`, message: `is not a setting of a stage${nearest(key, KNOWN_OF_STAGE)}` }));
  const { approval, groups, notBefore } = stage;
  if (notBefore !== undefined && instantOf(notBefore) === null)
    issues.push({ path: `${path}/notBefore`, message: `must be ${INSTANT}; it is ${shown(notBefore)}` });
  if (approval !== undefined && approval !== 'auto' && approval !== 'manual')
    issues.push({ path: `${path}/approval`, message: `must be auto or manual; it is ${shown(approval)}` });
  const isNames = Array.isArray(groups) && groups.every((group) => typeof group === 'string' && group !== '');
  if (groups !== undefined && !isNames)
    issues.push({ path: `${path}/groups`, message: `must be a list of names of groups; it is ${shown(groups)}` });
  return issues;
}

function invalid(flag: string, issues: readonly Issue[]): SluiceError {
  return new SluiceError(
    'invalid',
    `rollout of "${flag}": ${issues.map((issue) => `${issue.path} ${issue.message}`.trim()).join('; ')}`,
    { issues },
  );
}
