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
  if (groups !== null && Array.isArray(unit.groups) && unit.groups.some((group) => groups.has(group))) return true;
  return segments?.some((segment) => segment.matches(unit)) ?? false;
}
