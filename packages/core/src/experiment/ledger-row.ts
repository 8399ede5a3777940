/** What the ledger holds of one unit: its reports, sorted by whether they came before its exposure or after. */
import { ownEntry } from './own-entry.ts';
import { joinedDeltas, type MetricDelta, type UnitDelta } from './unit-delta.ts';

export interface LedgerRow {
  readonly arm: string;
  /** Seen in two arms: counts in neither, for ever. */
  readonly isContaminated: boolean;
  readonly firstExposureAt: number | null;
  /** As it was at that exposure. */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** Values from the exposure on, its own millisecond included, whichever of the two was told first. */
  readonly counted: Readonly<Record<string, MetricDelta>>;
  /** Reports of values from before the exposure, or of a unit not yet known to be exposed: apart, because it may turn out to be in between. */
  readonly before: Readonly<Record<string, readonly MetricDelta[]>>;
}

const MAX_APART = 15;

export function emptyRow(arm: string): LedgerRow {
  return { arm, isContaminated: false, firstExposureAt: null, counted: {}, before: {} };
}

export function contaminatedRow(row: LedgerRow): LedgerRow {
  return { ...row, isContaminated: true, counted: {}, before: {} };
}

export function mergedRow(row: LedgerRow, delta: UnitDelta): LedgerRow {
  const firstExposureAt = earlier(row.firstExposureAt, delta.firstExposureAt);
  const reports = [
    ...Object.entries(row.before).flatMap(([name, list]) => list.map((values) => [name, values] as const)),
    ...Object.entries(delta.metrics),
  ];
  let { counted } = row;
  let before: LedgerRow['before'] = {};
  for (const [name, values] of reports) {
    if (firstExposureAt === null || values.from < firstExposureAt)
      before = { ...before, [name]: appended(ownEntry(before, name) ?? [], values) };
    else if (isWithinWindow(values, firstExposureAt))
      counted = { ...counted, [name]: joinedDeltas(ownEntry(counted, name), values) };
  }
  const { dimensions: _old, ...rest } = row;
  const dimensions = firstExposureAt === row.firstExposureAt ? row.dimensions : delta.dimensions;
  return { ...rest, firstExposureAt, counted, before, ...(dimensions === undefined ? {} : { dimensions }) };
}

/** By when a value happened and when its unit was exposed, as far as that is known as it is told. */
function isWithinWindow({ windowMs, from, until }: MetricDelta, firstExposureAt: number): boolean {
  return windowMs === undefined || (until ?? from) < firstExposureAt + windowMs;
}

/** The latest reports stay apart; what is older than those is joined, so that a row has a bound. */
function appended(list: readonly MetricDelta[], values: MetricDelta): readonly MetricDelta[] {
  const [first, second, ...rest] = [...list, values];
  if (first === undefined || second === undefined || rest.length < MAX_APART) return [...list, values];
  return [joinedDeltas(first, second), ...rest];
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** Counts in its arm. */
export function isExposed(row: LedgerRow): boolean {
  return row.firstExposureAt !== null && !row.isContaminated;
}

export function isUnexposed(row: LedgerRow): boolean {
  return row.firstExposureAt === null && !row.isContaminated && Object.keys(row.before).length > 0;
}
