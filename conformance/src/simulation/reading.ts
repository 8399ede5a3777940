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

const READINGS = 2000;

/** Milliseconds of one reading of a test of three metrics. */
export function measureReading(units: number, seed: string): number {
  const random = new Random(`${seed}/reading ${units}`);
  const settings = parseTestSettings({
    testId: 't',
    controlComponent: 'a',
    treatmentComponent: 'b',
    trackedMetrics: ['x', 'y', 'z'],
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
    totals = applyUnitDelta(totals, undefined, { subject: 't', unit: String(unit), arm, firstExposureAt: 0, metrics }).totals;
  }
  const startedAt = performance.now();
  for (let reading = 0; reading < READINGS; reading++) lookAtTest(experiment, totals, reading);
  return (performance.now() - startedAt) / READINGS;
}
