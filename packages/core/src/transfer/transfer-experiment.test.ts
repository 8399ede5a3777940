import { describe, expect, it } from 'vitest';
import { experimentOf, metric } from '../experiment/judged-test.testing.ts';
import type { JsonObject } from '../json.ts';
import { formatExperimentEntry, parseExperimentEntry } from './transfer-experiment.ts';

const SCOPE = { project: 'default', environment: 'production' };
const VIEWS = metric('views', { aggregation: 'sum' });

describe('a test in a document', () => {
  it('comes back with the covariates, windows and ratios of its metrics', () => {
    const trackedMetrics = [
      metric('clicks', { aggregation: 'sum', per: 'views' }),
      VIEWS,
      metric('spent', { covariate: true, windowDays: 7 }),
    ];
    const entry = formatExperimentEntry(experimentOf(trackedMetrics));
    expect(parseExperimentEntry(entry, '/tests/0', SCOPE)).toMatchObject({ trackedMetrics });
  });

  it('comes back with its dimensions, and without where it is from before there were any', () => {
    const entry = formatExperimentEntry(experimentOf([VIEWS], { dimensions: ['plan'] }));
    expect(parseExperimentEntry(entry, '', SCOPE)).toMatchObject({ dimensions: ['plan'] });
    const { dimensions: _none, ...old } = entry;
    expect(parseExperimentEntry(old, '', SCOPE)).toMatchObject({ dimensions: [] });
    expect(parseExperimentEntry({ ...entry, dimensions: 3 }, '/t', SCOPE)).toMatchObject([{ path: '/t/dimensions' }]);
  });

  it('comes back with a test for one look, which only a test with one look may name', () => {
    const entry = formatExperimentEntry(experimentOf([metric('m', { test: 'mannWhitney' })], { method: 'fixedHorizon' }));
    expect(parseExperimentEntry(entry, '', SCOPE)).toMatchObject({ trackedMetrics: [{ test: 'mannWhitney' }] });
    const always = { ...entry, method: 'sequence' };
    expect(parseExperimentEntry(always, '/t', SCOPE)).toMatchObject([{ path: '/t/trackedMetrics/0/test' }]);
  });

  it('is refused where a ratio names what it does not track, with the place', () => {
    const entry: JsonObject = {
      ...formatExperimentEntry(experimentOf([metric('clicks', { aggregation: 'sum', per: 'sights' }), VIEWS])),
    };
    expect(parseExperimentEntry(entry, '/tests/0', SCOPE)).toMatchObject([{ path: '/tests/0/trackedMetrics/0/per' }]);
  });
});
