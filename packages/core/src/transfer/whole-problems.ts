/** What no entry of a document can say alone: whether its flags, together with those that are there, fit each other. */
import type { Flag } from '../flag/flag.ts';
import { findCycle, prerequisiteProblem, prerequisitesOf } from '../flag/prerequisite.ts';
import type { SluiceRecord } from '../record.ts';

/** Why a flag of `wanted` would need what is not there, or lead in a circle, by its key. */
export function wholeProblems(wanted: readonly SluiceRecord[], kept: readonly SluiceRecord[]): ReadonlyMap<string, string> {
  const living = new Map<string, Flag>();
  for (const record of [...kept, ...wanted]) {
    if (record.kind !== 'flag') continue;
    if (record.archivedAt === null) living.set(record.key, record);
    else living.delete(record.key);
  }
  const problems = new Map<string, string>();
  const keys = (): readonly string[] => [...living.keys()];
  const neededBy = (key: string): readonly string[] => {
    const flag = living.get(key);
    return flag === undefined ? [] : prerequisitesOf(flag).map((prerequisite) => prerequisite.flag);
  };
  for (const record of wanted) {
    if (record.kind !== 'flag' || record.archivedAt !== null) continue;
    for (const [index, prerequisite] of prerequisitesOf(record).entries()) {
      const problem = prerequisiteProblem(prerequisite, living, keys);
      if (problem !== null) problems.set(record.key, `/prerequisites/${index} ${problem}`);
    }
    const cycle = problems.has(record.key) || prerequisitesOf(record).length === 0 ? null : findCycle([record.key], neededBy);
    if (cycle !== null) problems.set(record.key, `its prerequisites lead in a circle: ${cycle.join(' → ')}`);
  }
  return problems;
}
