/**
 * The unit ledger: one row per (subject, unit), and per subject the totals that a result reads. A row that changes replaces
 * its contribution in its arm's moments, so reading a result never walks the rows.
 */
import { emptyMoments, type Moments, mergeMoments } from '../analysis/moments.ts';
import { type ArmTotals, moveContribution, NO_ARM } from './arm-totals.ts';
import { type DimensionTotals, moveDimensions } from './dimension-totals.ts';
import type { Aggregation, MetricRole } from './experiment.ts';
import { contaminatedRow, emptyRow, isUnexposed, type LedgerRow, mergedRow } from './ledger-row.ts';
import { type Looks, NO_LOOKS } from './looks.ts';
import { ownEntry } from './own-entry.ts';
import type { MetricDelta, ObservationDelta, UnitDelta } from './unit-delta.ts';

export interface MetricTotals {
  /** Taken from every value of this metric before it is summed up, in both arms alike. */
  readonly shift: number;
  readonly unit: 'user' | 'observation';
  /** By when it was first recorded: before 100 units per arm it is primary. */
  readonly foundRole: MetricRole;
  readonly aggregation: Aggregation;
}

export interface SubjectTotals {
  readonly arms: Readonly<Record<string, ArmTotals>>;
  readonly metrics: Readonly<Record<string, MetricTotals>>;
  readonly contaminatedUnits: number;
  /** Units with values that were never seen exposed. */
  readonly unexposedUnits: number;
  /** Units that found no room in the ledger. */
  readonly refusedUnits: number;
  /** Values refused because their metric was recorded with users before and without now, or the other way round. */
  readonly refusedObservations: number;
  readonly looks: Looks;
  /** Absent where no unit came with a dimension. */
  readonly dimensions?: DimensionTotals;
}

const EARLY_UNITS = 100;

export function emptyTotals(): SubjectTotals {
  return {
    arms: {},
    metrics: {},
    contaminatedUnits: 0,
    unexposedUnits: 0,
    refusedUnits: 0,
    refusedObservations: 0,
    looks: NO_LOOKS,
  };
}

/** A unit that the ledger has no room for. */
export function refuseUnit(totals: SubjectTotals): SubjectTotals {
  return { ...totals, refusedUnits: totals.refusedUnits + 1 };
}

export function armTotals(totals: SubjectTotals, arm: string): ArmTotals {
  return ownEntry(totals.arms, arm) ?? NO_ARM;
}

export interface AppliedDelta {
  readonly totals: SubjectTotals;
  readonly row: LedgerRow;
  /** How many values took another's place or left. */
  readonly replaced: number;
  /** Metrics whose moments lost digits by that: `rebuildMetric` gives them back. */
  readonly worn: readonly string[];
}

/** `row` is the unit's row so far, undefined for a new unit. */
export function applyUnitDelta(totals: SubjectTotals, row: LedgerRow | undefined, delta: UnitDelta): AppliedDelta {
  const before = row ?? emptyRow(delta.arm);
  if (before.isContaminated) return { totals, row: before, replaced: 0, worn: [] };
  if (before.arm !== delta.arm) return moveRow(totals, before, contaminatedRow(before));
  const accepted = acceptMetrics(totals, delta);
  const after = mergedRow(before, { ...delta, metrics: accepted.metrics });
  return moveRow(accepted.totals, before, after);
}

/**
 * Notes the metrics of a batch before its exposures are counted: a flush of a busy second exposes more than 100 units at once, and what
 * came with the first of them came early.
 */
export function noteMetrics(totals: SubjectTotals, delta: UnitDelta | ObservationDelta): SubjectTotals {
  let known = totals;
  for (const [name, values] of Object.entries(delta.metrics)) {
    const metric =
      'n' in values
        ? ({ shift: values.shift, unit: 'observation', aggregation: 'mean' } as const)
        : ({ shift: values.sum / values.count, unit: 'user', aggregation: values.aggregation } as const);
    known = withMetric(known, name, metric);
  }
  return known;
}

/** The metrics of the delta that may be counted by unit, each known to the totals. */
function acceptMetrics(totals: SubjectTotals, delta: UnitDelta): { totals: SubjectTotals; metrics: UnitDelta['metrics'] } {
  let known = noteMetrics(totals, delta);
  const accepted: [string, MetricDelta][] = [];
  for (const [name, values] of Object.entries(delta.metrics)) {
    if (ownEntry(known.metrics, name)?.unit === 'user') accepted.push([name, values]);
    else known = { ...known, refusedObservations: known.refusedObservations + values.count };
  }
  return { totals: known, metrics: Object.fromEntries(accepted) };
}

function withMetric(totals: SubjectTotals, name: string, metric: Omit<MetricTotals, 'foundRole'>): SubjectTotals {
  if (ownEntry(totals.metrics, name) !== undefined) return totals;
  const sizes = Object.values(totals.arms).map((arm) =>
    Math.max(arm.exposed, ...Object.values(arm.metrics).map((moments) => moments.n)),
  );
  const isEarly = sizes.length < 2 || Math.min(...sizes) < EARLY_UNITS;
  return { ...totals, metrics: { ...totals.metrics, [name]: { ...metric, foundRole: isEarly ? 'primary' : 'secondary' } } };
}

/** Takes the row's old contribution out of its arm and puts the new one in. */
function moveRow(totals: SubjectTotals, before: LedgerRow, after: LedgerRow): AppliedDelta {
  const shiftOf = (name: string): number => ownEntry(totals.metrics, name)?.shift ?? 0;
  const { arm, worn } = moveContribution(armTotals(totals, after.arm), before, after, shiftOf);
  const replaced = Object.entries(before.counted).filter(([name, old]) => ownEntry(after.counted, name) !== old).length;
  const unexposedUnits = totals.unexposedUnits + Number(isUnexposed(after)) - Number(isUnexposed(before));
  const contaminatedUnits = totals.contaminatedUnits + Number(after.isContaminated) - Number(before.isContaminated);
  const known: SubjectTotals = { ...totals, arms: { ...totals.arms, [after.arm]: arm }, unexposedUnits, contaminatedUnits };
  if (before.dimensions === undefined && after.dimensions === undefined) return { totals: known, row: after, replaced, worn };
  const { dimensions, worn: also } = moveDimensions(totals.dimensions, before, after, shiftOf);
  const sums = dimensions === undefined ? known : { ...known, dimensions };
  return { totals: sums, row: after, replaced, worn: [...new Set([...worn, ...also])] };
}

export function applyObservationDelta(totals: SubjectTotals, delta: ObservationDelta): SubjectTotals {
  let known = noteMetrics(totals, delta);
  for (const [name, moments] of Object.entries(delta.metrics)) {
    const metric = ownEntry(known.metrics, name);
    if (metric === undefined || metric.unit !== 'observation') {
      known = { ...known, refusedObservations: known.refusedObservations + moments.n };
      continue;
    }
    const arm = armTotals(known, delta.arm);
    // Merging into an empty state of the metric's own shift keeps one shift for both arms.
    const inShift: Moments = { ...moments, mean: moments.mean + moments.shift - metric.shift, shift: metric.shift };
    const sum = mergeMoments(ownEntry(arm.metrics, name) ?? emptyMoments(metric.shift), inShift);
    known = { ...known, arms: { ...known.arms, [delta.arm]: { ...arm, metrics: { ...arm.metrics, [name]: sum } } } };
  }
  return known;
}
