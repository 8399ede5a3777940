/** Whether the flags of a plan need one another in a circle, which none of them could be made in. */
import { findCycle, isJsonObject, shownCycle } from '@sluice/core';
import type { PlannedFlag } from './plan.ts';
import type { PlanIssue } from './translated.ts';

/** One issue for each circle, at its flag that stands last. */
export function prerequisiteCircles(flags: readonly PlannedFlag[]): PlanIssue[] {
  const earlier = new Map<string, readonly string[]>();
  return flags.flatMap(({ name, path, settings: { prerequisites } }): PlanIssue[] => {
    // What is malformed was said by whoever read the flag.
    const needed = Array.isArray(prerequisites) ? prerequisites.flatMap((one: unknown) => neededBy(one, name)) : [];
    earlier.set(name, needed);
    const cycle = findCycle([name], (key) => earlier.get(key) ?? []);
    if (cycle === null || !cycle.includes(name)) return [];
    return [{ path: `${path}/prerequisites`, message: `lead in a circle: ${shownCycle(cycle)}; flags may not` }];
  });
}

function neededBy(prerequisite: unknown, name: string): string[] {
  if (!isJsonObject(prerequisite) || typeof prerequisite.flag !== 'string' || prerequisite.flag === name) return [];
  return [prerequisite.flag];
}
