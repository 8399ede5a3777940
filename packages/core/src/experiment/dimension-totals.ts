/** The totals of a test once more for each value of each dimension that it declares. */
import { type ArmTotals, moveContribution, NO_ARM } from './arm-totals.ts';
import { emptyRow, type LedgerRow } from './ledger-row.ts';
import { ownEntry } from './own-entry.ts';

/** By arm. */
export type ValueTotals = Readonly<Record<string, ArmTotals>>;
/** By dimension and value. */
export type DimensionTotals = Readonly<Record<string, Readonly<Record<string, ValueTotals>>>>;

/** Values of one dimension that are told apart: the first so many that are seen. */
export const MAX_DIMENSION_VALUES = 20;
/** Where all further values of a dimension are put together. */
export const OTHER_VALUES = '(other)';

export interface MovedDimensions {
  readonly dimensions: DimensionTotals | undefined;
  readonly worn: readonly string[];
}

/** Takes the unit's old contribution out of its values and puts the new one in. */
export function moveDimensions(
  dimensions: DimensionTotals | undefined,
  before: LedgerRow,
  after: LedgerRow,
  shiftOf: (metric: string) => number,
): MovedDimensions {
  let moved = dimensions;
  const worn: string[] = [];
  const nobody = emptyRow(after.arm);
  const move = (dimension: string, value: string, from: LedgerRow, to: LedgerRow): void => {
    const values = ownEntry(moved ?? {}, dimension) ?? {};
    const place = placeOf(values, value);
    const arms = ownEntry(values, place) ?? {};
    const contribution = moveContribution(ownEntry(arms, after.arm) ?? NO_ARM, from, to, shiftOf);
    moved = { ...moved, [dimension]: { ...values, [place]: { ...arms, [after.arm]: contribution.arm } } };
    worn.push(...contribution.worn);
  };
  const [old, now] = [before.dimensions ?? {}, after.dimensions ?? {}];
  for (const dimension of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [was, is] = [ownEntry(old, dimension), ownEntry(now, dimension)];
    if (was !== undefined) move(dimension, was, before, was === is ? after : nobody);
    if (is !== undefined && was !== is) move(dimension, is, nobody, after);
  }
  return { dimensions: moved, worn };
}

/** A value keeps its place for ever: places are never given up, so that a unit is taken out from where it was put. */
function placeOf(values: Readonly<Record<string, ValueTotals>>, value: string): string {
  if (Object.hasOwn(values, value)) return value;
  const known = Object.keys(values).filter((name) => name !== OTHER_VALUES).length;
  return known < MAX_DIMENSION_VALUES ? value : OTHER_VALUES;
}

/** All of them anew from the rows, each value in the place that it has. */
export function rebuiltDimensions(
  dimensions: DimensionTotals,
  rows: Iterable<LedgerRow>,
  shiftOf: (metric: string) => number,
): DimensionTotals {
  let rebuilt: DimensionTotals | undefined = Object.fromEntries(
    Object.entries(dimensions).map(([dimension, values]) => [
      dimension,
      Object.fromEntries(Object.keys(values).map((value) => [value, {}])),
    ]),
  );
  for (const row of rows) rebuilt = moveDimensions(rebuilt, { ...emptyRow(row.arm) }, row, shiftOf).dimensions;
  return rebuilt ?? dimensions;
}
