/** The settings of `createTest`: read whole, with every problem named at once. */
import { type Issue, SluiceError } from '../error.ts';
import type { Condition } from '../flag/condition.ts';
import { nameProblem } from '../flag/flag-file.ts';
import { nearest } from '../flag/nearest.ts';
import { parseCondition } from '../flag/parse-condition.ts';
import { shown } from '../flag/shown.ts';
import { copyJson, isJsonObject } from '../json.ts';
import { INSTANT, type InstantSetting, instantOf } from '../rollout/start-settings.ts';
import { WHOLE_SHARE } from '../share.ts';
import { tagIssues, textProblem } from '../text-limits.ts';
import { dimensionsProblem } from './dimensions.ts';
import { type Experiment, TEST_METHODS, type TestMethod, type TrackedMetric } from './experiment.ts';
import { fixedTestIssues, parseTrackedMetric, perIssues } from './metric.ts';
import { type ArmSettings, parseArms, partProblem, partToShare } from './parse-arms.ts';

/** Either `arms`, or `controlComponent` and `treatmentComponent` with `trafficSplit`. */
export interface TestSettings {
  readonly testId: string;
  readonly description?: string;
  readonly controlComponent?: string;
  readonly treatmentComponent?: string;
  /** The treatment's part of the units in the test, above 0 and below 1; half unless given. */
  readonly trafficSplit?: number;
  /** 2 to 10 arms, the control first. */
  readonly arms?: readonly ArmSettings[];
  /** The part of the eligible units that is in the test at all, above 0 and up to 1, which it is unless given. The others get control uncounted. */
  readonly trafficShare?: number;
  /** Units for which it does not hold get control uncounted. */
  readonly eligibility?: Condition;
  /** Tests of one layer never share a unit. A test in a layer takes `trafficShare` of it when it starts. */
  readonly layer?: string | null;
  /** `startTest` starts it then, at the earliest. */
  readonly startAt?: InstantSetting;
  readonly tags?: readonly string[];
  /** The test ends by itself after so many days; 7 unless given. */
  readonly durationDays?: number;
  /** Names are primary metrics; latency, duration, error and cost are better when they fall. */
  readonly trackedMetrics?: readonly (string | (Partial<TrackedMetric> & { readonly name: string }))[];
  /** Up to 5 attributes of units by whose values, as they are at a unit's first exposure, the results are shown once more. */
  readonly dimensions?: readonly string[];
  /** `sequence` unless given: results may be read at any time. `fixedHorizon` judges once, at the planned end. */
  readonly method?: TestMethod;
  /** Units of all arms together that are planned for; see `sequentialSampleSize`. */
  readonly plannedUnits?: number;
}

export type ParsedTestSettings = Pick<
  Experiment,
  | 'description'
  | 'arms'
  | 'trafficShare'
  | 'eligibility'
  | 'layer'
  | 'durationMs'
  | 'trackedMetrics'
  | 'startAt'
  | 'tags'
  | 'dimensions'
  | 'method'
  | 'plannedUnits'
> & { readonly testId: string };

const KNOWN = [
  'testId',
  'description',
  'controlComponent',
  'treatmentComponent',
  'trafficSplit',
  'arms',
  'trafficShare',
  'eligibility',
  'layer',
  'startAt',
  'tags',
  'durationDays',
  'trackedMetrics',
  'dimensions',
  'method',
  'plannedUnits',
];
const LONGEST_DAYS = 3650;
const DAY_MS = 86_400_000;

/** @throws SluiceError `invalid` naming every setting that breaks a rule */
export function parseTestSettings(input: unknown): ParsedTestSettings {
  if (!isJsonObject(input))
    throw new SluiceError('invalid', 'createTest needs settings such as { testId, controlComponent, treatmentComponent }');
  const issues: Issue[] = Object.keys(input)
    .filter((key) => !KNOWN.includes(key))
    .map((key) => ({ path: `/${key}`, message: `is not a setting of a test${nearest(key, KNOWN)}` }));
  const problem = nameProblem(input.testId);
  if (problem !== null) issues.push({ path: '/testId', message: `${problem}; it is ${shown(input.testId)}` });
  const parsed = parseArms(input);
  if ('issues' in parsed) for (const issue of parsed.issues) issues.push(issue);
  for (const issue of plainIssues(input)) issues.push(issue);
  const trackedMetrics = readMetrics(input.trackedMetrics ?? [], issues);
  for (const issue of fixedTestIssues(trackedMetrics, input.method, '/trackedMetrics')) issues.push(issue);
  if (issues.length > 0 || 'issues' in parsed) throw invalid(input.testId, issues);
  const given = input as unknown as TestSettings;
  const { testId, description = '', trafficShare = 1, durationDays = 7, eligibility = {} } = given;
  const { layer = null, startAt, tags = [], dimensions = [], method = 'sequence', plannedUnits = null } = given;
  return {
    testId,
    description,
    arms: parsed.arms,
    trafficShare: trafficShare === 1 ? WHOLE_SHARE : partToShare(trafficShare),
    eligibility: copyJson(eligibility) as Condition,
    layer,
    startAt: startAt === undefined ? null : instantOf(startAt),
    tags: [...tags],
    dimensions: [...dimensions],
    method,
    plannedUnits,
    durationMs: Math.round(durationDays * DAY_MS),
    trackedMetrics,
  };
}

function invalid(testId: unknown, issues: readonly Issue[]): SluiceError {
  const all = issues.map((issue) => `${issue.path} ${issue.message}`).join('; ');
  return new SluiceError('invalid', `test ${shown(testId)}: ${all}`, { issues });
}

function plainIssues(input: { readonly [key: string]: unknown }): Issue[] {
  const { description, trafficShare, durationDays, eligibility } = input;
  const issues: Issue[] = [];
  const unfitText = typeof description === 'string' ? textProblem(description) : 'must be a text';
  if (description !== undefined && unfitText !== null)
    issues.push({ path: '/description', message: `${unfitText}; it is ${shown(description)}` });
  const part = trafficShare === undefined ? null : partProblem(trafficShare);
  if (part !== null) issues.push({ path: '/trafficShare', message: `${part}; it is ${shown(trafficShare)}` });
  const unnamed = input.layer === undefined || input.layer === null ? null : nameProblem(input.layer);
  if (unnamed !== null) issues.push({ path: '/layer', message: `${unnamed}; it is ${shown(input.layer)}` });
  if (input.startAt !== undefined && instantOf(input.startAt) === null)
    issues.push({ path: '/startAt', message: `must be ${INSTANT}; it is ${shown(input.startAt)}` });
  const isTags = Array.isArray(input.tags) && input.tags.every((tag) => typeof tag === 'string' && tag !== '');
  if (input.tags !== undefined && !isTags)
    issues.push({ path: '/tags', message: `must be a list of texts; it is ${shown(input.tags)}` });
  if (isTags) for (const issue of tagIssues(input.tags as string[], '/tags')) issues.push(issue);
  const isDuration = typeof durationDays === 'number' && durationDays > 0 && durationDays <= LONGEST_DAYS;
  if (durationDays !== undefined && !isDuration)
    issues.push({ path: '/durationDays', message: `must be above 0 and at most ${LONGEST_DAYS}; it is ${shown(durationDays)}` });
  const { method, plannedUnits } = input;
  if (method !== undefined && !(TEST_METHODS as readonly unknown[]).includes(method))
    issues.push({ path: '/method', message: `must be one of ${TEST_METHODS.join(', ')}; it is ${shown(method)}` });
  const isCount = Number.isSafeInteger(plannedUnits) && Number(plannedUnits) >= 100;
  if (plannedUnits !== undefined && !isCount)
    issues.push({ path: '/plannedUnits', message: `must be a whole number, 100 or more; it is ${shown(plannedUnits)}` });
  const unfit = input.dimensions === undefined ? null : dimensionsProblem(input.dimensions);
  if (unfit !== null) issues.push({ path: '/dimensions', message: `${unfit}; it is ${shown(input.dimensions)}` });
  const condition = eligibility === undefined ? { issues: [] } : parseCondition(eligibility, '/eligibility');
  return 'issues' in condition ? [...issues, ...condition.issues] : issues;
}

function readMetrics(input: unknown, issues: Issue[]): TrackedMetric[] {
  if (!Array.isArray(input)) {
    issues.push({ path: '/trackedMetrics', message: `must be a list such as ["latency"]; it is ${shown(input)}` });
    return [];
  }
  const seen = new Set<string>();
  const metrics = input.flatMap((member: unknown, index): TrackedMetric[] => {
    const path = `/trackedMetrics/${index}`;
    const parsed = parseTrackedMetric(member, path);
    if ('issues' in parsed) for (const issue of parsed.issues) issues.push(issue);
    else if (seen.has(parsed.metric.name)) issues.push({ path, message: `names "${parsed.metric.name}" again` });
    if ('issues' in parsed) return [];
    seen.add(parsed.metric.name);
    return [parsed.metric];
  });
  for (const issue of perIssues(metrics, '/trackedMetrics')) issues.push(issue);
  return metrics;
}
