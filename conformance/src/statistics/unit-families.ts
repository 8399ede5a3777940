/** How values become moments, and how the values of one user become one. */
import {
  type Aggregation,
  addValue,
  applyUnitDelta,
  armTotals,
  emptyMoments,
  emptyTotals,
  type LedgerRow,
  meanOf,
  mergeMoments,
  type SubjectTotals,
  varianceOf,
} from '@sluice/core';
import { welchTest } from '@sluice/core/statistics';
import { welchFields } from './mean-families.ts';
import { shiftedSummary, summaryOf } from './sample.ts';
import { settled } from './settled.ts';
import type { Expected, Family } from './vector.ts';

export const streamingMoments: Family = (vector) => {
  const chunks = vector.input.chunks as number[][];
  const shift = chunks.flat()[0] ?? 0;
  const whole = chunks.map((chunk) => chunk.reduce(addValue, emptyMoments(shift))).reduce(mergeMoments, emptyMoments(shift));
  const relative = vector.relTolM2Shifted ?? 0;
  const deviation = { relative, absolute: 1e-15 };
  return {
    given: { n: whole.n, mean: meanOf(whole), m2: whole.m2, variance: varianceOf(whole) },
    tolerances: { mean: { relative: vector.relTolMean ?? 0 }, m2: deviation, variance: deviation },
  };
};

type Event = readonly [user: string, arm: string, value: number];

/** Through the unit ledger, in the order given. */
function ledgerOf(events: readonly Event[], aggregation: Aggregation): SubjectTotals {
  const rows = new Map<string, LedgerRow>();
  let totals = emptyTotals();
  for (const [unit, arm, value] of events) {
    const metrics = { value: { aggregation, count: 1, sum: value, min: value, max: value, from: 1 } };
    const applied = applyUnitDelta(totals, rows.get(unit), { subject: 'test', unit, arm, firstExposureAt: 0, metrics });
    totals = applied.totals;
    rows.set(unit, applied.row);
  }
  return totals;
}

export const userAggregation: Family = ({ input, expected }, { relTol }) => {
  const given: Record<string, Expected> = {};
  for (const aggregation of Object.keys(expected) as Aggregation[]) {
    const totals = ledgerOf(input.events as Event[], aggregation);
    const [control, treatment] = ['control', 'treatment'].map(
      (arm) => armTotals(totals, arm).metrics.value ?? emptyMoments(0),
    ) as [ReturnType<typeof emptyMoments>, ReturnType<typeof emptyMoments>];
    const test = settled(welchTest(shiftedSummary(control), shiftedSummary(treatment)));
    given[aggregation] = {
      control: { ...summaryOf(control) },
      treatment: { ...summaryOf(treatment) },
      welch: welchFields(test),
    };
  }
  return {
    given,
    tolerances: Object.fromEntries(Object.keys(expected).map((name) => [name, { relative: relTol, absolute: 1e-12 }])),
  };
};
