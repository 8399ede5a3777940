import { describe, expect, it } from 'vitest';
import type { Measurement } from './criterion.ts';
import { parseCriterion } from './parse-criterion.ts';
import { worstMeasurement } from './worst-measurement.ts';

const parsed = parseCriterion({ metric: 'errorRate', max: 0.1 }, '');
if (!('criterion' in parsed)) throw new Error('bad criterion');
const { criterion } = parsed;
const value = (figure: number, samples = 100): Measurement => ({ kind: 'value', value: figure, samples, at: 1 });
const broken: Measurement = { kind: 'error', cause: 'provider', message: 'down' };

describe('worstMeasurement', () => {
  it('is the figure furthest beyond the bound, then what could not be measured, then the one with the fewest samples', () => {
    expect(worstMeasurement(criterion, [value(0), value(0.2), broken, value(0.5)])).toEqual(value(0.5));
    expect(worstMeasurement(criterion, [value(0), broken])).toBe(broken);
    expect(worstMeasurement(criterion, [value(0), value(0.01, 3), { kind: 'noData', at: null }])).toEqual(value(0.01, 3));
    expect(worstMeasurement(criterion, [value(0), value(Number.NaN)])).toMatchObject({ value: Number.NaN });
  });

  it('is total breakage of one of them, where nothing of the stage is left out', () => {
    expect(worstMeasurement(criterion, [value(0, 2), value(1, 7), broken], true)).toEqual(value(1, 7));
    expect(worstMeasurement(criterion, [value(0, 2), value(1, 7), broken])).toBe(broken);
  });

  it('does not take a figure of too few samples for harm, and is silence only where all are silent', () => {
    expect(worstMeasurement(criterion, [value(0), value(1, 2)])).toEqual(value(1, 2));
    expect(
      worstMeasurement(criterion, [
        { kind: 'noData', at: 7 },
        { kind: 'noData', at: null },
      ]),
    ).toEqual({ kind: 'noData', at: 7 });
  });
});
