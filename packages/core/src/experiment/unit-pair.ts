/** The two values of a unit that a covariate or a ratio is made of. */
import type { LedgerRow } from './ledger-row.ts';
import { ownEntry } from './own-entry.ts';
import { joinedDeltas, type MetricDelta, unitValue } from './unit-delta.ts';

/** Of a covariate: what was before the exposure, and the value. Of a ratio: its numerator and its denominator. */
export interface UnitPair {
  readonly x: number;
  readonly y: number;
}

/** By metric; only of units whose x is known. */
export function unitPairs(row: LedgerRow): ReadonlyMap<string, UnitPair> {
  const pairs = new Map<string, UnitPair>();
  if (row.firstExposureAt === null) return pairs;
  for (const [name, values] of Object.entries(row.counted)) {
    if (values.per === undefined) continue;
    const denominator = ownEntry(row.counted, values.per);
    pairs.set(name, { x: unitValue(values), y: denominator === undefined ? 0 : unitValue(denominator) });
  }
  for (const [name, list] of Object.entries(row.before)) {
    const before = list[0]?.covariate ? valuesBefore(list, row.firstExposureAt) : undefined;
    if (before === undefined) continue;
    const values = ownEntry(row.counted, name);
    if (values === undefined && before.aggregation === 'mean') continue;
    pairs.set(name, { x: unitValue(before), y: values === undefined ? 0 : unitValue(values) });
  }
  return pairs;
}

/** A report that reaches beyond the exposure is left out whole: what the treatment may have touched is no covariate. */
function valuesBefore(list: readonly MetricDelta[], firstExposureAt: number): MetricDelta | undefined {
  return list
    .filter(({ from, until }) => (until ?? from) < firstExposureAt)
    .reduce<MetricDelta | undefined>(joinedDeltas, undefined);
}
