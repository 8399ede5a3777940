/** The settings of `createTest`: read whole, with every problem named at once. */
import { type Issue, SluiceError } from '../error.ts';
import { nameProblem } from '../flag/flag-file.ts';
import { nearest } from '../flag/nearest.ts';
import { isJsonObject } from '../json.ts';
import { percentageProblem } from '../share.ts';
import type { TrackedMetric } from './experiment.ts';
import { parseTrackedMetric } from './metric.ts';

export interface TestSettings {
  readonly testId: string;
  readonly description?: string;
  readonly controlComponent: string;
  readonly treatmentComponent: string;
  /** The treatment's part of the traffic, above 0 and below 1; half unless given. */
  readonly trafficSplit?: number;
  /** The test ends by itself after so many days; 7 unless given. */
  readonly durationDays?: number;
  /** Names are primary metrics; latency, duration, error and cost are better when they fall. */
  readonly trackedMetrics?: readonly (string | (Partial<TrackedMetric> & { readonly name: string }))[];
}

export interface ParsedTestSettings {
  readonly testId: string;
  readonly description: string;
  readonly controlComponent: string;
  readonly treatmentComponent: string;
  readonly trafficSplit: number;
  readonly durationDays: number;
  readonly trackedMetrics: readonly TrackedMetric[];
}

const KNOWN = [
  'testId',
  'description',
  'controlComponent',
  'treatmentComponent',
  'trafficSplit',
  'durationDays',
  'trackedMetrics',
];
const LONGEST_DAYS = 3650;

/** @throws SluiceError `invalid` naming every setting that breaks a rule */
export function parseTestSettings(input: unknown): ParsedTestSettings {
  if (!isJsonObject(input))
    throw new SluiceError('invalid', 'createTest needs settings such as { testId, controlComponent, treatmentComponent }');
  const issues: Issue[] = Object.keys(input)
    .filter((key) => !KNOWN.includes(key))
    .map((key) => ({ path: `/${key}`, message: `is not a setting of a test${nearest(key, KNOWN)}` }));
  issues.push(...nameIssues(input), ...numberIssues(input));
  const trackedMetrics = readMetrics(input.trackedMetrics ?? [], issues);
  if (issues.length > 0) {
    const all = issues.map((issue) => `${issue.path} ${issue.message}`).join('; ');
    throw new SluiceError('invalid', `test ${JSON.stringify(input.testId)}: ${all}`, { issues });
  }
  const { description = '', trafficSplit = 0.5, durationDays = 7, ...names } = input as unknown as TestSettings;
  return { ...names, description, trafficSplit, durationDays, trackedMetrics };
}

function nameIssues(input: { readonly [key: string]: unknown }): Issue[] {
  const issues: Issue[] = [];
  const problem = nameProblem(input.testId);
  if (problem !== null) issues.push({ path: '/testId', message: problem });
  for (const name of ['controlComponent', 'treatmentComponent'])
    if (typeof input[name] !== 'string' || input[name] === '')
      issues.push({ path: `/${name}`, message: 'must be a text that is not empty' });
  if (issues.length === 0 && input.controlComponent === input.treatmentComponent)
    issues.push({
      path: '/treatmentComponent',
      message: `must differ from the control; both are "${String(input.controlComponent)}"`,
    });
  if (input.description !== undefined && typeof input.description !== 'string')
    issues.push({ path: '/description', message: 'must be a text' });
  return issues;
}

function numberIssues({ trafficSplit, durationDays }: { readonly [key: string]: unknown }): Issue[] {
  const issues: Issue[] = [];
  const isSplit = typeof trafficSplit === 'number' && trafficSplit > 0 && trafficSplit < 1;
  if (trafficSplit !== undefined && !isSplit)
    issues.push({
      path: '/trafficSplit',
      message: `must lie between 0 and 1, as the treatment's part; it is ${shown(trafficSplit)}`,
    });
  else if (trafficSplit !== undefined && percentageProblem(Number(trafficSplit) * 100) !== null)
    issues.push({ path: '/trafficSplit', message: `may have at most five decimals; it is ${shown(trafficSplit)}` });
  const isDuration = typeof durationDays === 'number' && durationDays > 0 && durationDays <= LONGEST_DAYS;
  if (durationDays !== undefined && !isDuration)
    issues.push({ path: '/durationDays', message: `must be above 0 and at most ${LONGEST_DAYS}; it is ${shown(durationDays)}` });
  return issues;
}

function readMetrics(input: unknown, issues: Issue[]): TrackedMetric[] {
  if (!Array.isArray(input)) {
    issues.push({ path: '/trackedMetrics', message: `must be a list such as ["latency"]; it is ${shown(input)}` });
    return [];
  }
  const seen = new Set<string>();
  return input.flatMap((member: unknown, index): TrackedMetric[] => {
    const path = `/trackedMetrics/${index}`;
    const parsed = parseTrackedMetric(member, path);
    if ('issues' in parsed) issues.push(...parsed.issues);
    else if (seen.has(parsed.metric.name)) issues.push({ path, message: `names "${parsed.metric.name}" again` });
    if ('issues' in parsed) return [];
    seen.add(parsed.metric.name);
    return [parsed.metric];
  });
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
}
