/**
 * The moments of one metric anew from the rows. Each removed value leaves a rounding error behind, and one that dominated the others leaves
 * nothing but that.
 */
import { addPair, type CrossMoments, emptyCrossMoments } from '../analysis/cross-moments.ts';
import { addValue, emptyMoments, type Moments } from '../analysis/moments.ts';
import { rebuiltDimensions } from './dimension-totals.ts';
import { armTotals, type SubjectTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { ownEntry } from './own-entry.ts';
import { unitValue } from './unit-delta.ts';
import { unitPairs } from './unit-pair.ts';

/** So many values may take another's place before all moments of a subject are rebuilt, or as many as it has units, if those are more. */
export const MAX_REPLACEMENTS = 2 ** 16;

/** Whether all moments are to be rebuilt. Walking all rows then costs each replacement a constant, however many there are. */
export function isRebuildDue(totals: SubjectTotals, replaced: number): boolean {
  const exposed = Object.values(totals.arms).reduce((sum, arm) => sum + arm.exposed, 0);
  return replaced >= Math.max(MAX_REPLACEMENTS, exposed);
}

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
    const { metrics, ...kept } = armTotals(totals, arm);
    const isKept = ownEntry(metrics, name) !== undefined || moments.has(arm);
    return [arm, { ...kept, metrics: isKept ? { ...metrics, [name]: moments.get(arm) ?? empty } : metrics }] as const;
  });
  return {
    ...totals,
    arms: Object.fromEntries(arms),
    metrics: { ...totals.metrics, [name]: { ...known, shift: empty.shift } },
  };
}

/** What is known by dimension anew, where there is any; after `rebuildMetric`, in the shifts that it left. */
export function rebuildDimensions(totals: SubjectTotals, rows: Iterable<LedgerRow>): SubjectTotals {
  if (totals.dimensions === undefined) return totals;
  const shiftOf = (name: string): number => ownEntry(totals.metrics, name)?.shift ?? 0;
  return { ...totals, dimensions: rebuiltDimensions(totals.dimensions, rows, shiftOf) };
}

/** The pairs of all metrics anew, where there are any; after `rebuildMetric`, in the shifts that it left. */
export function rebuildPairs(totals: SubjectTotals, rows: Iterable<LedgerRow>): SubjectTotals {
  if (Object.values(totals.arms).every(({ pairs }) => pairs === undefined)) return totals;
  const shiftOf = (name: string): number => ownEntry(totals.metrics, name)?.shift ?? 0;
  const arms = new Map<string, Map<string, CrossMoments>>();
  for (const row of rows) {
    const pairs = arms.get(row.arm) ?? new Map<string, CrossMoments>();
    arms.set(row.arm, pairs);
    for (const [name, { x, y }] of unitPairs(row)) {
      const per = ownEntry(row.counted, name)?.per ?? name;
      pairs.set(name, addPair(pairs.get(name) ?? emptyCrossMoments(shiftOf(name), shiftOf(per)), x, y));
    }
  }
  const withPairs = Object.entries(totals.arms).map(
    ([arm, sums]) => [arm, { ...sums, pairs: Object.fromEntries(arms.get(arm) ?? []) }] as const,
  );
  return { ...totals, arms: Object.fromEntries(withPairs) };
}
