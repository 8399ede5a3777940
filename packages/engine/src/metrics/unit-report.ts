/** What one unit tells of itself, as a page does: what it was served is decided here, so that nobody's word puts it in an arm. */
import {
  assignmentsOf,
  type CompiledFlag,
  decide,
  dimensionsOf,
  isDrawn,
  type Unit,
  unitKeyOf,
  variantIndexOf,
} from '@sluice/core';
import { describeValue } from '../failure.ts';
import type { FlagManager } from '../feature-flag-manager.ts';
import { runtimeOf } from '../runtime-of.ts';
import type { View } from '../view.ts';
import type { IngestedSample, RefusedSample } from './ingested-batch.ts';
import type { IngestedExposure, IngestedTestValue } from './ingested-exposures.ts';
import { ingestedMetricsOf, type ReportResult } from './ingested-metrics.ts';
import type { Sender } from './sender.ts';

/** What the unit says that it was served. Instants are milliseconds since 1970 by its clock, and now unless given. */
export interface ToldExposure {
  readonly flag: string;
  readonly variant: string;
  readonly at?: number;
}

export interface ToldValue {
  readonly metric: string;
  readonly value: number;
  readonly at?: number;
}

export interface UnitReport {
  readonly unit: Unit;
  readonly exposures: readonly ToldExposure[];
  /** Each counts for every test and rollout that the unit is in. */
  readonly values: readonly ToldValue[];
  /** What the clock read that the instants are by. */
  readonly sentAt?: number;
  readonly sender: Sender;
}

export interface UnitReportResult {
  readonly taken: number;
  readonly refusedExposures: readonly RefusedSample[];
  readonly refusedValues: readonly RefusedSample[];
}

/** The largest amount that counts: whoever reads a page can send any value, and one of 10^50 would outweigh all others. */
export const LARGEST_TOLD = 1e9;

/** A value's place in the report, and where it counts. */
interface Placed<Value> {
  readonly index: number;
  readonly value: Value;
}

/**
 * Takes it in, kept when this resolves. An exposure counts when the unit is served that variant now; a value counts in the arm that the bucket gives the
 * unit now. What does not count is told by its place, and the rest counts.
 * @throws SluiceError `unavailable` when the store cannot keep it: send it again; `invalid` for a sender that is none
 */
export async function takeUnitReport(flags: FlagManager, report: UnitReport): Promise<UnitReportResult> {
  const { view, store, ready } = runtimeOf('takeUnitReport', flags);
  await ready;
  const { unit, sender, sentAt } = report;
  const drawn = (): (IngestedExposure | string)[] => report.exposures.map((told) => exposureOf(view, told, unit));
  // The page may have been answered by a process that has heard of a change first.
  if (drawn().some(isProblem)) await store.refresh();
  const exposures = drawn();
  const known = exposures.flatMap((value, index) => (isProblem(value) ? [] : [{ value, index }]));
  const { tests, samples, refused } = valuesOf(view, report.values, unit);
  const result = await ingestedMetricsOf(flags).report({
    ...{ sender, hasTallies: false, ...(sentAt === undefined ? {} : { sentAt }) },
    exposures: known.map(({ value }) => value),
    values: tests.map(({ value }) => value),
    samples: samples.map(({ value }) => value),
  });
  const refusedExposures = [
    ...exposures.flatMap((value, index) => (isProblem(value) ? [{ index, message: value }] : [])),
    ...placedBack(result.refusedExposures, known),
  ];
  const refusedValues = [...refused, ...countedNowhere(tests, samples, result)];
  const sent = report.exposures.length + report.values.length;
  return { taken: sent - refusedExposures.length - refusedValues.length, refusedExposures, refusedValues };
}

function isProblem(value: IngestedExposure | string): value is string {
  return typeof value === 'string';
}

/** As this process would have told it; else why it does not count. */
function exposureOf(view: View, { flag: key, variant, at }: ToldExposure, unit: Unit): IngestedExposure | string {
  const compiled = view.flags.get(key)?.compiled;
  if (compiled === undefined) return `there is no flag ${describeValue(key)}`;
  const outcome = decide(compiled, unit);
  const served = compiled.variants[variantIndexOf(outcome)];
  const unitKey = unitKeyOf(compiled, unit);
  if (compiled.isOverridden || unitKey === null) return `flag "${key}" does not divide by what this unit has`;
  if (served !== variant) return `the unit is not served ${describeValue(variant)} of flag "${key}" now`;
  const dimensions = dimensionsOf(view.experiments.get(key)?.dimensions ?? [], unit.attributes);
  return {
    ...{ flag: key, variant, unit: String(unitKey), isDrawn: isDrawn(outcome) },
    ...(at === undefined ? {} : { at }),
    ...(dimensions === null ? {} : { dimensions }),
  };
}

interface PlacedValues {
  readonly tests: readonly Placed<IngestedTestValue>[];
  readonly samples: readonly Placed<IngestedSample>[];
  readonly refused: readonly RefusedSample[];
}

function valuesOf(view: View, values: readonly ToldValue[], unit: Unit): PlacedValues {
  const tests: Placed<IngestedTestValue>[] = [];
  const samples: Placed<IngestedSample>[] = [];
  const refused: RefusedSample[] = [];
  const assignments = values.length === 0 ? [] : assignmentsOf(ownedFlags(view), unit);
  for (const [index, { metric, value, at }] of values.entries()) {
    const when = at === undefined ? {} : { at };
    if (Math.abs(value) > LARGEST_TOLD)
      refused.push({ index, message: `a page's value is between -1e9 and 1e9; it is ${value}` });
    else if (assignments.length === 0) refused.push({ index, message: 'the unit is in no test and no rollout' });
    else
      for (const { flag, owner, variant, key } of assignments) {
        const told = { variant, value, unit: String(key), ...when };
        if (owner === 'experiment') tests.push({ index, value: { test: flag, metric, ...told } });
        else samples.push({ index, value: { kind: 'observe', name: metric, flag, ...told } });
      }
  }
  return { tests, samples, refused };
}

/** Of all flags, which may be thousands that nobody asked yet, those that a test or rollout has. */
function* ownedFlags({ flags }: View): Generator<CompiledFlag> {
  for (const key of flags.keys()) {
    const flag = flags.served(key);
    const compiled = flag?.archivedAt === null && flag.shareOwner !== null ? flags.get(key)?.compiled : undefined;
    if (compiled !== undefined) yield compiled;
  }
}

function placedBack(refused: readonly RefusedSample[], placed: readonly Placed<unknown>[]): RefusedSample[] {
  return refused.flatMap(({ index, message }) => {
    const at = placed[index];
    return at === undefined ? [] : [{ index: at.index, message }];
  });
}

/** A value that one test does not take, and another does, has counted. */
function countedNowhere(
  tests: readonly Placed<IngestedTestValue>[],
  samples: readonly Placed<IngestedSample>[],
  { refused, refusedValues }: ReportResult,
): RefusedSample[] {
  const counts = new Map<number, number>();
  for (const { index } of [...tests, ...samples]) counts.set(index, (counts.get(index) ?? 0) + 1);
  const problems = [...placedBack(refusedValues, tests), ...placedBack(refused, samples)];
  for (const { index } of problems) counts.set(index, (counts.get(index) ?? 0) - 1);
  const told = new Map(problems.map(({ index, message }) => [index, message]));
  return [...told].flatMap(([index, message]) => (counts.get(index) === 0 ? [{ index, message }] : []));
}
