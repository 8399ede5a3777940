/**
 * The unit ledger: one row per (subject, unit), and per subject the totals that a result reads. A row that changes replaces
 * its contribution in its arm's moments, so reading a result never walks the rows.
 */
import { addValue, emptyMoments, lostDigits, type Moments, mergeMoments, removeValue } from '../analysis/moments.ts';
import type { Aggregation, MetricRole } from './experiment.ts';
import { type Looks, NO_LOOKS } from './looks.ts';
import { type MetricDelta, type ObservationDelta, type UnitDelta, unitValue } from './unit-delta.ts';

export interface LedgerRow {
  readonly arm: string;
  /** Seen in two arms: counts in neither, for ever. */
  readonly isContaminated: boolean;
  readonly firstExposureAt: number | null;
  /** Values from the exposure on. */
  readonly counted: Readonly<Record<string, MetricDelta>>;
  /** Reports of values from before the exposure, or of a unit not yet known to be exposed: apart, because it may turn out to be in between. */
  readonly before: Readonly<Record<string, readonly MetricDelta[]>>;
}

export interface ArmTotals {
  /** Distinct units exposed, contaminated ones left out. */
  readonly exposed: number;
  readonly metrics: Readonly<Record<string, Moments>>;
}

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
}

const EARLY_UNITS = 100;
const MAX_APART = 15;
const NO_ARM: ArmTotals = Object.freeze({ exposed: 0, metrics: {} });

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

/** Only own properties count: a metric may be called `__proto__`. */
export function ownEntry<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
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
  const before = row ?? { arm: delta.arm, isContaminated: false, firstExposureAt: null, counted: {}, before: {} };
  if (before.isContaminated) return { totals, row: before, replaced: 0, worn: [] };
  if (before.arm !== delta.arm) return contaminate(totals, before);
  const accepted = acceptMetrics(totals, delta);
  const after = mergedRow(before, { ...delta, metrics: accepted.metrics });
  return moveContribution(accepted.totals, before, after);
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

function mergedRow(row: LedgerRow, delta: UnitDelta): LedgerRow {
  const firstExposureAt = earlier(row.firstExposureAt, delta.firstExposureAt);
  const reports = [
    ...Object.entries(row.before).flatMap(([name, list]) => list.map((values) => [name, values] as const)),
    ...Object.entries(delta.metrics),
  ];
  let { counted } = row;
  let before: LedgerRow['before'] = {};
  for (const [name, values] of reports) {
    if (firstExposureAt !== null && values.from >= firstExposureAt)
      counted = { ...counted, [name]: joined(ownEntry(counted, name), values) };
    else before = { ...before, [name]: appended(ownEntry(before, name) ?? [], values) };
  }
  return { ...row, firstExposureAt, counted, before };
}

/** The latest reports stay apart; what is older than those is joined, so that a row has a bound. */
function appended(list: readonly MetricDelta[], values: MetricDelta): readonly MetricDelta[] {
  const [first, second, ...rest] = [...list, values];
  if (first === undefined || second === undefined || rest.length < MAX_APART) return [...list, values];
  return [joined(first, second), ...rest];
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function joined(a: MetricDelta | undefined, b: MetricDelta): MetricDelta {
  if (a === undefined) return b;
  return {
    aggregation: a.aggregation,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    from: Math.min(a.from, b.from),
    ...(a.cap === undefined ? {} : { cap: a.cap }),
  };
}

/** Takes the row's old contribution out of its arm and puts the new one in. */
function moveContribution(totals: SubjectTotals, before: LedgerRow, after: LedgerRow): AppliedDelta {
  const arm = armTotals(totals, after.arm);
  let { metrics } = arm;
  let replaced = 0;
  const worn: string[] = [];
  for (const [name, values] of Object.entries(after.counted)) {
    const old = ownEntry(before.counted, name);
    if (old === values) continue;
    const moments = ownEntry(metrics, name) ?? emptyMoments(ownEntry(totals.metrics, name)?.shift ?? 0);
    const moved = addValue(old === undefined ? moments : removeValue(moments, unitValue(old)), unitValue(values));
    metrics = { ...metrics, [name]: moved };
    if (old === undefined) continue;
    replaced += 1;
    if (lostDigits(moments, moved)) worn.push(name);
  }
  const exposed = arm.exposed + Number(isExposed(after)) - Number(isExposed(before));
  const unexposedUnits = totals.unexposedUnits + Number(isUnexposed(after)) - Number(isUnexposed(before));
  const arms = { ...totals.arms, [after.arm]: { exposed, metrics } };
  return { totals: { ...totals, arms, unexposedUnits }, row: after, replaced, worn };
}

function contaminate(totals: SubjectTotals, row: LedgerRow): AppliedDelta {
  const arm = armTotals(totals, row.arm);
  let { metrics } = arm;
  const worn: string[] = [];
  for (const [name, values] of Object.entries(row.counted)) {
    const moments = ownEntry(metrics, name);
    if (moments === undefined) continue;
    const left = removeValue(moments, unitValue(values));
    metrics = { ...metrics, [name]: left };
    if (lostDigits(moments, left)) worn.push(name);
  }
  const left = { exposed: arm.exposed - Number(isExposed(row)), metrics };
  return {
    totals: {
      ...totals,
      arms: { ...totals.arms, [row.arm]: left },
      contaminatedUnits: totals.contaminatedUnits + 1,
      unexposedUnits: totals.unexposedUnits - Number(isUnexposed(row)),
    },
    row: { ...row, isContaminated: true, counted: {}, before: {} },
    replaced: Object.keys(row.counted).length,
    worn,
  };
}

function isExposed(row: LedgerRow): boolean {
  return row.firstExposureAt !== null;
}

function isUnexposed(row: LedgerRow): boolean {
  return row.firstExposureAt === null && Object.keys(row.before).length > 0;
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
