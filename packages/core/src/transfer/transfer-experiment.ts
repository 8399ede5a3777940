/** A test as a document has it: its plan and how it stood. What it measured stays where it was measured. */
import type { Issue } from '../error.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { CONTROL, TREATMENT } from '../experiment/lifecycle.ts';
import { parseTrackedMetric } from '../experiment/metric.ts';
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';
import { fullText, instant, listOf, numberFrom, objectOf, oneOf, orNull, type Shape, text } from './shape.ts';

const DAY_MS = 86_400_000;
const metric: Shape = (value, path) => {
  const parsed = parseTrackedMetric(value, path);
  return 'issues' in parsed ? parsed.issues : [];
};
const inside: Shape = (value, path) =>
  typeof value === 'number' && value > 0 && value < 1
    ? []
    : [{ path, message: `must lie between 0 and 1, as the treatment's part; it is ${String(value)}` }];
const SHAPE = objectOf({
  testId: fullText,
  description: text,
  controlComponent: fullText,
  treatmentComponent: fullText,
  trafficSplit: inside,
  durationDays: numberFrom(1 / DAY_MS, 3650),
  trackedMetrics: listOf(metric),
  phase: oneOf(['draft', 'running', 'stopped']),
  createdAt: instant,
  startedAt: orNull(instant),
  stoppedAt: orNull(instant),
  stopReason: orNull(text),
});

export function formatExperimentEntry(experiment: Experiment): JsonObject {
  const date = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  const [control, treatment] = experiment.arms;
  return {
    testId: experiment.key,
    description: experiment.description,
    controlComponent: control.component,
    treatmentComponent: treatment.component,
    trafficSplit: experiment.trafficSplit,
    durationDays: experiment.durationMs / DAY_MS,
    trackedMetrics: experiment.trackedMetrics.map((tracked) => ({ ...tracked })),
    phase: experiment.phase,
    createdAt: new Date(experiment.createdAt).toISOString(),
    startedAt: date(experiment.startedAt),
    stoppedAt: date(experiment.stoppedAt),
    stopReason: experiment.stopReason,
  };
}

/** The test at revision 0, or every issue. One that was running is a draft: an import starts nothing. */
export function parseExperimentEntry(value: unknown, path: string, scope: Scope): Experiment | readonly Issue[] {
  const issues = SHAPE(value, path);
  if (issues.length > 0) return issues;
  const entry = value as JsonObject;
  const at = (instantText: unknown): number | null => (instantText === null ? null : Date.parse(instantText as string));
  const wasRunning = entry.phase === 'running';
  return {
    kind: 'experiment',
    scope,
    key: entry.testId as string,
    revision: 0,
    description: entry.description as string,
    arms: [
      { variant: CONTROL, component: entry.controlComponent as string },
      { variant: TREATMENT, component: entry.treatmentComponent as string },
    ],
    trafficSplit: entry.trafficSplit as number,
    durationMs: Math.round((entry.durationDays as number) * DAY_MS),
    trackedMetrics: (entry.trackedMetrics as readonly unknown[]).flatMap((tracked) => {
      const parsed = parseTrackedMetric(tracked, '');
      return 'metric' in parsed ? [parsed.metric] : [];
    }),
    phase: wasRunning ? 'draft' : (entry.phase as Experiment['phase']),
    createdAt: at(entry.createdAt) ?? 0,
    startedAt: wasRunning ? null : at(entry.startedAt),
    stoppedAt: at(entry.stoppedAt),
    stopReason: entry.stopReason as string | null,
    dueAt: null,
  };
}
