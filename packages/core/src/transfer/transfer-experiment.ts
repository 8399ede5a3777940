/** A test as a document has it: its plan and how it stood. What it measured stays where it was measured. */
import type { Issue } from '../error.ts';
import { dimensionsProblem } from '../experiment/dimensions.ts';
import { type Experiment, TEST_METHODS, TEST_PHASES, type TrackedMetric } from '../experiment/experiment.ts';
import { fixedTestIssues, parseTrackedMetric, perIssues } from '../experiment/metric.ts';
import { parseArms } from '../experiment/parse-arms.ts';
import type { Condition } from '../flag/condition.ts';
import { parseCondition } from '../flag/parse-condition.ts';
import { shown } from '../flag/shown.ts';
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';
import { percentageToShare, shareToPercentage, WHOLE_SHARE } from '../share.ts';
import {
  description,
  fullText,
  instant,
  listOf,
  numberFrom,
  objectOf,
  oneOf,
  orNull,
  percentage,
  type Shape,
  tags,
  text,
  wholeFrom,
} from './shape.ts';
import { formatSlots, slotsIn, slotsIssues } from './transfer-layer.ts';

const DAY_MS = 86_400_000;
const metric: Shape = (value, path) => {
  const parsed = parseTrackedMetric(value, path);
  return 'issues' in parsed ? parsed.issues : [];
};
const metrics: Shape = (value, path) => {
  const issues = listOf(metric)(value, path);
  return issues.length > 0 ? issues : perIssues(metricsOf(value), path);
};
const arms: Shape = (value, path) => {
  const parsed = parseArms({ arms: value ?? null });
  return 'issues' in parsed
    ? parsed.issues.map((issue) => ({ ...issue, path: `${path}${issue.path.replace(/^\/arms/, '')}` }))
    : [];
};
const condition: Shape = (value, path) => {
  const parsed = parseCondition(value, path);
  return 'issues' in parsed ? parsed.issues : [];
};
const dimensions: Shape = (value, path) => {
  const problem = dimensionsProblem(value);
  return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(value)}` }];
};
/** Documents from before tests had these lack them. */
const LATER = { slots: slotsIssues, dimensions, method: oneOf(TEST_METHODS), plannedUnits: orNull(wholeFrom(100)) };
const FIELDS = {
  testId: fullText,
  description,
  arms,
  trafficPercentage: percentage,
  eligibility: condition,
  layer: orNull(fullText),
  durationDays: numberFrom(1 / DAY_MS, 3650),
  trackedMetrics: metrics,
  tags,
  phase: oneOf(TEST_PHASES),
  number: wholeFrom(1),
  startAt: orNull(instant),
  createdAt: instant,
  startedAt: orNull(instant),
  stoppedAt: orNull(instant),
  stopReason: orNull(text),
  drawnBy: orNull(objectOf({ salt: fullText, bucketBy: orNull(fullText) })),
  shipped: orNull(fullText),
  archivedAt: orNull(instant),
};
const SHAPE = objectOf(FIELDS, LATER);

export function formatExperimentEntry(experiment: Experiment): JsonObject {
  const date = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    testId: experiment.key,
    description: experiment.description,
    arms: experiment.arms.map((arm) => ({ ...arm, weight: arm.weight / WHOLE_SHARE })),
    trafficPercentage: shareToPercentage(experiment.trafficShare),
    eligibility: experiment.eligibility,
    layer: experiment.layer,
    slots: formatSlots(experiment.slots),
    durationDays: experiment.durationMs / DAY_MS,
    trackedMetrics: experiment.trackedMetrics.map((tracked) => ({ ...tracked })),
    dimensions: experiment.dimensions,
    method: experiment.method,
    plannedUnits: experiment.plannedUnits,
    tags: experiment.tags,
    phase: experiment.phase,
    number: experiment.number,
    startAt: date(experiment.startAt),
    createdAt: new Date(experiment.createdAt).toISOString(),
    startedAt: date(experiment.startedAt),
    stoppedAt: date(experiment.stoppedAt),
    stopReason: experiment.stopReason,
    drawnBy: experiment.drawnBy === null ? null : { ...experiment.drawnBy },
    shipped: experiment.shipped,
    archivedAt: date(experiment.archivedAt),
  };
}

/** The test at revision 0, or every issue. One that was running is a draft: an import starts nothing. */
export function parseExperimentEntry(value: unknown, path: string, scope: Scope): Experiment | readonly Issue[] {
  const issues = SHAPE(value, path);
  if (issues.length > 0) return issues;
  const entry = value as JsonObject;
  const stranger = strangerIssues(entry, path);
  if (stranger.length > 0) return stranger;
  const unfit = fixedTestIssues(metricsOf(entry.trackedMetrics), entry.method ?? 'sequence', `${path}/trackedMetrics`);
  if (unfit.length > 0) return unfit;
  const at = (instantText: unknown): number | null => (instantText === null ? null : Date.parse(instantText as string));
  const parsed = parseArms({ arms: entry.arms });
  if ('issues' in parsed) return parsed.issues;
  const wasRunning = entry.phase === 'running' || entry.phase === 'scheduled';
  return {
    kind: 'experiment',
    scope,
    key: entry.testId as string,
    revision: 0,
    description: entry.description as string,
    arms: parsed.arms,
    trafficShare: percentageToShare(entry.trafficPercentage as number, 'trafficPercentage'),
    eligibility: entry.eligibility as Condition,
    layer: entry.layer as string | null,
    slots: slotsIn((entry.slots ?? null) as JsonObject | null),
    durationMs: Math.round((entry.durationDays as number) * DAY_MS),
    trackedMetrics: metricsOf(entry.trackedMetrics),
    dimensions: (entry.dimensions ?? []) as readonly string[],
    method: (entry.method ?? 'sequence') as Experiment['method'],
    plannedUnits: (entry.plannedUnits ?? null) as number | null,
    tags: entry.tags as readonly string[],
    number: entry.number as number,
    startAt: at(entry.startAt),
    phase: wasRunning ? 'draft' : (entry.phase as Experiment['phase']),
    createdAt: at(entry.createdAt) ?? 0,
    startedAt: wasRunning ? null : at(entry.startedAt),
    stoppedAt: at(entry.stoppedAt),
    stopReason: entry.stopReason as string | null,
    dueAt: null,
    drawnBy: wasRunning ? null : (entry.drawnBy as unknown as Experiment['drawnBy']),
    shipped: entry.shipped as string | null,
    archivedAt: at(entry.archivedAt),
  };
}

/** What a test names of its own must be its own, and it ended when it is over. */
function strangerIssues({ slots, layer, arms: named, shipped, phase, stoppedAt }: JsonObject, path: string): Issue[] {
  const taken = slotsIn((slots ?? null) as JsonObject | null);
  const [, ...treatments] = (named as readonly JsonObject[]).map(({ variant }) => variant as string);
  const isOver = phase === 'stopped';
  return [
    ...(isOver === (stoppedAt !== null)
      ? []
      : [
          {
            path: `${path}/stoppedAt`,
            message: `must be ${isOver ? 'a date-time' : 'null'} where phase is ${shown(phase)}; it is ${shown(stoppedAt)}`,
          },
        ]),
    ...(taken === null || taken.layer === layer
      ? []
      : [{ path: `${path}/slots/layer`, message: `must be ${shown(layer)}, as layer is; it is ${shown(taken.layer)}` }]),
    ...(shipped === null || treatments.includes(shipped as string)
      ? []
      : [
          {
            path: `${path}/shipped`,
            message: `must be one of the treatments, ${treatments.join(', ')}; it is ${shown(shipped)}`,
          },
        ]),
  ];
}

/** Of a list that was found right. */
function metricsOf(list: unknown): TrackedMetric[] {
  return (list as readonly unknown[]).flatMap((tracked) => {
    const parsed = parseTrackedMetric(tracked, '');
    return 'metric' in parsed ? [parsed.metric] : [];
  });
}
