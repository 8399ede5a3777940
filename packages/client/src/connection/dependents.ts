/** Which flags answer otherwise when others, or segments, change. */
import { type Flag, prerequisitesOf, type Snapshot, segmentsNamedBy } from '@sluice/core';

/** `flags` with every flag that names one of these segments, or a segment that does, and every flag that needs one of those. */
export function withDependents(
  flags: ReadonlySet<string>,
  segments: ReadonlySet<string>,
  snapshot: Pick<Snapshot, 'flags' | 'segments'>,
): ReadonlySet<string> {
  const changed = new Set(flags);
  if (segments.size > 0) {
    const touched = closure(segments, snapshot.segments, ({ condition }) => segmentsNamedBy(condition));
    for (const flag of snapshot.flags) if (namesOneOf(flag, touched)) changed.add(flag.key);
  }
  if (changed.size === 0) return changed;
  return closure(changed, snapshot.flags, (flag) => prerequisitesOf(flag).map((needed) => needed.flag));
}

/** Adds whatever stands on one that is in, until nothing does. */
function closure<T extends { readonly key: string }>(
  from: ReadonlySet<string>,
  all: readonly T[],
  needs: (one: T) => readonly string[],
): Set<string> {
  const found = new Set(from);
  const open = all.map((one) => ({ key: one.key, needed: needs(one) })).filter(({ needed }) => needed.length > 0);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { key, needed } of open) if (needed.some((other) => found.has(other))) found.add(key);
  }
  return found;
}

function namesOneOf(flag: Flag, names: ReadonlySet<string>): boolean {
  if (hasGroupOf(flag, names)) return true;
  const conditions = [flag.conditions, ...flag.rules.map((rule) => rule.if)];
  return conditions.some((condition) => segmentsNamedBy(condition).some((name) => names.has(name)));
}

export function hasGroupOf({ enabledGroups, disabledGroups, stageGroups }: Flag, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  return [enabledGroups, disabledGroups, stageGroups].some((groups) => groups.some((group) => names.has(group)));
}
