import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricsCollector } from './metrics-collector.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('reading several slices and series together', () => {
  it('gives the quantiles of all their values to 1 %', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, q) => {
        let now = 1_750_000_000_000;
        const metrics = new MetricsCollector({ clock: { now: () => now } });
        for (const [index, value] of all.entries()) {
          now += 700;
          metrics.observe('drift', value, { variant: `v${index % 3}` });
        }
        const exact = all.toSorted((a, b) => a - b)[Math.floor(q * (all.length - 1))] ?? Number.NaN;
        expect(Math.abs((metrics.quantile('drift', q) ?? Number.NaN) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.01 + 1e-8);
      }),
    );
  });

  it.each([
    [[10, 90, 90, 90], 90],
    [[-90, -10, -10, -10], -10],
  ])('counts a value in every slice that it occurs in: %o', (all, expected) => {
    let now = 1_750_000_000_000;
    const metrics = new MetricsCollector({ clock: { now: () => now } });
    for (const value of all) {
      metrics.observe('drift', value);
      now += 1000;
    }
    expect(Math.abs((metrics.quantile('drift', 0.6) ?? Number.NaN) - expected)).toBeLessThan(1);
  });
});
