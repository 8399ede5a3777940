/** The values themselves of all units, for the one test that moments do not suffice for. */
import type { SubjectTotals } from './ledger.ts';
import { isExposed, type LedgerRow } from './ledger-row.ts';
import { ownEntry } from './own-entry.ts';
import { unitValue } from './unit-delta.ts';

/** Units of all arms of which values are read; of more none are. */
export const MAX_RANKED_UNITS = 100_000;

export type ArmValues = readonly number[];
/** By arm. */
export type UnitValues = Readonly<Record<string, ArmValues>>;

/** An exposed unit without a value counts as 0, but for a mean. Null where there are more than `most` units. */
export function unitValuesOf(
  totals: SubjectTotals,
  rows: Iterable<LedgerRow>,
  metric: string,
  most = MAX_RANKED_UNITS,
): UnitValues | null {
  const exposed = Object.values(totals.arms).reduce((sum, arm) => sum + arm.exposed, 0);
  if (exposed > most) return null;
  const aggregation = ownEntry(totals.metrics, metric)?.aggregation ?? 'mean';
  const arms = new Map<string, number[]>();
  for (const row of rows) {
    const values = ownEntry(row.counted, metric);
    if (!isExposed(row) || (values === undefined && aggregation === 'mean')) continue;
    const arm = arms.get(row.arm) ?? [];
    arms.set(row.arm, arm);
    arm.push(values === undefined ? 0 : unitValue(values));
  }
  return Object.fromEntries(arms);
}
