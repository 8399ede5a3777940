/** What an import would take away from those who are there. */
import { lostVariantProblem } from '../flag/lost-variants.ts';
import { idOf, type SluiceRecord } from '../record.ts';

/** By the flag's id: why it may not lose a variant, or come to its end, while others that stay need it. */
export function lossProblems(wanted: readonly SluiceRecord[], kept: readonly SluiceRecord[]): ReadonlyMap<string, string> {
  const records = new Map([...kept, ...wanted].map((record) => [idOf(record), record]));
  const flags = [...records.values()].filter((record) => record.kind === 'flag');
  const before = new Map(kept.flatMap((record) => (record.kind === 'flag' ? [[record.key, record] as const] : [])));
  const problems = new Map<string, string>();
  for (const record of wanted) {
    const flag = record.kind === 'flag' ? before.get(record.key) : undefined;
    if (record.kind !== 'flag' || flag === undefined) continue;
    const experiment = records.get(idOf({ kind: 'experiment', key: record.key }));
    const users = { rollout: undefined, experiment: experiment?.kind === 'experiment' ? experiment : undefined, flags };
    const after = record.archivedAt === null ? record : { ...record, variants: {} };
    const problem = lostVariantProblem(flag, after, users);
    if (problem !== null) problems.set(idOf(record), problem);
  }
  return problems;
}
