/**
 * The moments of one metric anew from the rows. Each removed value leaves a rounding error behind, and one that dominated the others leaves
 * nothing but that.
 */
import { addValue, emptyMoments, type Moments } from '../analysis/moments.ts';
import { armTotals, type LedgerRow, ownEntry, type SubjectTotals } from './ledger.ts';
import { unitValue } from './unit-delta.ts';

/** So many values may take another's place before all moments of a subject are rebuilt. */
export const MAX_REPLACEMENTS = 2 ** 16;

/** `rows` are all rows of the subject. The shift is taken anew too: the value that set it may be the one that left. */
export function rebuildMetric(totals: SubjectTotals, rows: Iterable<LedgerRow>, name: string): SubjectTotals {
  const known = ownEntry(totals.metrics, name);
  if (known === undefined || known.unit !== 'user') return totals;
  let shift: number | null = null;
  const moments = new Map<string, Moments>();
  for (const row of rows) {
    const values = row.isContaminated || row.firstExposureAt === null ? undefined : ownEntry(row.counted, name);
    if (values === undefined) continue;
    shift ??= unitValue(values);
    moments.set(row.arm, addValue(moments.get(row.arm) ?? emptyMoments(shift), unitValue(values)));
  }
  const empty = emptyMoments(shift ?? known.shift);
  const arms = Object.keys(totals.arms).map((arm) => {
    const { exposed, metrics } = armTotals(totals, arm);
    const isKept = ownEntry(metrics, name) !== undefined || moments.has(arm);
    return [arm, { exposed, metrics: isKept ? { ...metrics, [name]: moments.get(arm) ?? empty } : metrics }] as const;
  });
  return {
    ...totals,
    arms: Object.fromEntries(arms),
    metrics: { ...totals.metrics, [name]: { ...known, shift: empty.shift } },
  };
}
