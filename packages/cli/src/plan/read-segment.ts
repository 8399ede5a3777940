/** Segments of a plan: each for itself, and whether those of the plan name one another in a circle. */
import {
  DEFAULT_SCOPE,
  isRefusal,
  parseSegmentSettings,
  planSegmentEdit,
  type SegmentSettings,
  SluiceError,
  segmentsNamedBy,
} from '@sluice/core';
import type { PlannedSegment } from './plan.ts';
import { SEGMENT } from './plan-words.ts';
import { type PlanIssue, placed, shown, translated } from './translated.ts';

export function segmentIn(value: unknown, path: string, issues: PlanIssue[]): PlannedSegment | null {
  const { settings: all, issues: unknown } = translated(value, SEGMENT, path, 'a segment');
  issues.push(...unknown);
  const { name, ...settings } = all;
  if (typeof name !== 'string' || name === '') {
    issues.push({ path: `${path}/name`, message: `must be a text that is not empty; it is ${shown(name ?? null)}` });
    return null;
  }
  issues.push(...nameIssues(name, path));
  try {
    parseSegmentSettings(name, settings);
    return { name, path, settings: settings as SegmentSettings };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    issues.push(...placed(error.issues, SEGMENT, path));
    return null;
  }
}

/** What core says of a new segment of that name. */
function nameIssues(name: string, path: string): readonly PlanIssue[] {
  const world = { segments: new Map(), flags: [], rollouts: [], experiments: [] };
  const facts = { ...world, scope: DEFAULT_SCOPE, key: name, kept: undefined };
  const made = planSegmentEdit(facts, { type: 'set', settings: {} }, { actor: '', reason: '' }, 0);
  if (made === null || !isRefusal(made)) return [];
  return [{ path: `${path}/name`, message: `${made.issues?.[0]?.message ?? made.refused}; it is ${shown(name)}` }];
}

/** One issue for each circle, at its segment that stands last. */
export function segmentIssues(segments: readonly PlannedSegment[]): PlanIssue[] {
  const named = new Map(segments.map((segment) => [segment.name, segment]));
  const place = new Map(segments.map(({ name }, index) => [name, index]));
  return segments.flatMap(({ name, path }, index): PlanIssue[] => {
    const way = wayTo(name, name, named, (key) => (place.get(key) ?? 0) <= index);
    if (way === null) return [];
    return [{ path: `${path}/condition`, message: `leads in a circle: ${[name, ...way].join(' → ')}; segments may not` }];
  });
}

/** The segments on a way from one to another, the last included, among those that `isAsked`; null when there is none. */
function wayTo(
  from: string,
  to: string,
  named: ReadonlyMap<string, PlannedSegment>,
  isAsked: (key: string) => boolean,
): string[] | null {
  const ways = new Map<string, string[]>([[from, []]]);
  for (const [key, way] of ways)
    for (const next of namedBy(named.get(key))) {
      if (next === to) return [...way, to];
      if (isAsked(next) && !ways.has(next)) ways.set(next, [...way, next]);
    }
  return null;
}

/** Segments that the condition of a planned one names. */
export function namedBy(segment: PlannedSegment | undefined): string[] {
  return segmentsNamedBy(segment?.settings.condition ?? null);
}
