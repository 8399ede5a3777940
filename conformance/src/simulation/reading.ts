/** How long it takes to read the results of a test, after few units and after many. */
import {
  applyUnitDelta,
  createExperiment,
  DEFAULT_SCOPE,
  emptyTotals,
  isRefusal,
  lookAtTest,
  parseTestSettings,
} from '@sluice/core';
import { Random } from './random.ts';

const ROUNDS = 21;
const READINGS = 50;
/** Values of a dimension that are shown each for itself. */
const SHOWN_VALUES = 20;

/** Milliseconds of one reading, the median of some rounds, of a test of three metrics, broken down by so many dimensions of 20 values. */
export function measureReading(units: number, seed: string, dimensionCount = 0): number {
  const random = new Random(`${seed}/reading ${units}`);
  const settings = parseTestSettings({
    testId: 't',
    controlComponent: 'a',
    treatmentComponent: 'b',
    trackedMetrics: ['x', 'y', 'z'],
    dimensions: Array.from({ length: dimensionCount }, (_, index) => `d${index}`),
  });
  const created = createExperiment(settings, DEFAULT_SCOPE, { actor: 'bench', reason: '' }, 0);
  const experiment = isRefusal(created) ? undefined : created.records.find((record) => record.kind === 'experiment');
  if (experiment === undefined) throw new Error('the test was refused');
  let totals = emptyTotals();
  for (let unit = 0; unit < units; unit++) {
    const value = random.normal();
    const values = { aggregation: 'mean', count: 1, sum: value, min: value, max: value, from: 1 } as const;
    const metrics = { x: values, y: values, z: values };
    const arm = unit % 2 === 0 ? 'control' : 'treatment';
    const dimensions = Object.fromEntries(experiment.dimensions.map((name, index) => [name, drawnValue(random, index)]));
    const told = { subject: 't', unit: String(unit), arm, firstExposureAt: 0, metrics };
    totals = applyUnitDelta(totals, undefined, dimensionCount === 0 ? told : { ...told, dimensions }).totals;
  }
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    for (let reading = 0; reading < READINGS; reading++) lookAtTest(experiment, totals, reading);
    return (performance.now() - startedAt) / READINGS;
  });
  return rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

function drawnValue(random: Random, index: number): string {
  return `v${index}-${Math.floor(random.uniform() * SHOWN_VALUES)}`;
}
