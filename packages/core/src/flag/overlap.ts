/** Changes that run at the same time as another one and blur what each of them shows. */
import type { Experiment } from '../experiment/experiment.ts';
import type { Rollout } from '../rollout/rollout.ts';
import type { Flag } from './flag.ts';
import { prerequisitesOf } from './prerequisite.ts';

type FlagsByKey = { get(key: string): Flag | undefined };

/**
 * What of `underWay` touches units of the flag `key` through more than chance, in words: a change of the flag itself, of one that it needs or
 * that needs it, at any depth, or of one that needs the same flag.
 */
export function overlaps(key: string, underWay: readonly (Rollout | Experiment)[], flags: FlagsByKey): string[] {
  const needed = neededBy(key, flags);
  return underWay.flatMap((change): string[] => {
    const how = relationOf(key, needed, change.key, flags);
    return how === null ? [] : [`${nameOf(change)} runs at the same time${how}; what one of them does shows in the other`];
  });
}

/** All flags that a flag needs, at any depth. */
function neededBy(key: string, flags: FlagsByKey): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [key];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const flag = flags.get(next);
    for (const prerequisite of flag === undefined ? [] : prerequisitesOf(flag)) {
      if (found.has(prerequisite.flag)) continue;
      found.add(prerequisite.flag);
      open.push(prerequisite.flag);
    }
  }
  return found;
}

function relationOf(key: string, needed: ReadonlySet<string>, other: string, flags: FlagsByKey): string | null {
  if (other === key) return ' on this flag';
  if (needed.has(other)) return `, and "${key}" needs its flag`;
  const alsoNeeded = neededBy(other, flags);
  if (alsoNeeded.has(key)) return `, and its flag needs "${key}"`;
  const shared = [...needed].find((name) => alsoNeeded.has(name));
  return shared === undefined ? null : `, and both need the flag "${shared}"`;
}

function nameOf({ kind, key }: Rollout | Experiment): string {
  return kind === 'experiment' ? `the test "${key}"` : `the rollout of "${key}"`;
}
