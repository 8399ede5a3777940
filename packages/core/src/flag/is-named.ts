/** Whether a flag's lists name a unit: by itself, by a group that it carries, or by a segment that it is in. */
import type { SegmentHolder } from './match.ts';
import type { Unit } from './unit.ts';

export function isNamed(
  unit: Unit,
  users: ReadonlySet<string> | null,
  groups: ReadonlySet<string> | null,
  segments: readonly SegmentHolder[] | null,
): boolean {
  const { userId } = unit;
  if (users !== null && userId !== undefined && userId !== null && users.has(String(userId))) return true;
  if (groups !== null && Array.isArray(unit.groups) && hasAny(unit.groups, groups)) return true;
  return segments?.some((segment) => segment.matches(unit)) ?? false;
}

/** More are not looked at: a list of billions must not keep the process from its work. */
export const MOST_GROUPS = 1_000;

function hasAny(carried: readonly unknown[], groups: ReadonlySet<unknown>): boolean {
  const length = Math.min(carried.length, MOST_GROUPS);
  for (let index = 0; index < length; index++) if (groups.has(carried[index])) return true;
  return false;
}
