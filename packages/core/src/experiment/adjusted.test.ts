/** Covariates and ratios at their edges: capped, at large values, and where nothing is left to vary. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LARGEST_MEASURABLE } from '../analysis/measurable.ts';
import { experimentOf, metric } from './judged-test.testing.ts';
import { applyUnitDelta, emptyTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { rulesOf } from './metric.ts';
import { testResult } from './result.ts';

const TEST = experimentOf([
  metric('capped', { covariate: true, cap: 40 }),
  metric('speed', { covariate: true }),
  metric('clicks', { aggregation: 'sum', per: 'views' }),
  metric('views', { aggregation: 'sum', role: 'secondary' }),
]);

interface Recorded {
  readonly arm: 'control' | 'treatment';
  readonly before?: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, number>>;
}

/** What the test says of units that were exposed once, each with its values from before and since. */
function resultOf(units: readonly Recorded[]) {
  let totals = emptyTotals();
  const told = (at: number, values: Recorded['values']) =>
    Object.entries(values).map(([name, value]) => {
      return [name, { ...rulesOf(TEST, name), count: 1, sum: value, min: value, max: value, from: at, until: at }] as const;
    });
  for (const [index, { arm, before = {}, values }] of units.entries()) {
    let row: LedgerRow | undefined;
    for (const [at, firstExposureAt, some] of [
      [5, null, before],
      [20, 10, values],
    ] as const) {
      const delta = { subject: 't', unit: String(index), arm, firstExposureAt, metrics: Object.fromEntries(told(at, some)) };
      const applied = applyUnitDelta(totals, row, delta);
      [totals, row] = [applied.totals, applied.row];
    }
  }
  return testResult(TEST, totals, 0);
}

it('a covariate is capped as its metric is: the same as the regression of capped values on arm and capped values from before', () => {
  const units = Array.from({ length: 600 }, (_, i): Recorded => {
    const isTreated = (i * 7) % 5 < 2;
    const before = ((i * 37) % 101) * 0.7 + ((i * i) % 13);
    const value = 0.6 * before + ((i * 61) % 89) * 0.4 + (isTreated ? 3 : 0);
    return { arm: isTreated ? 'treatment' : 'control', before: { capped: before }, values: { capped: value } };
  });
  const { adjustment, difference } = resultOf(units).metrics.capped ?? {};
  // By numpy 2.4.6, linalg.lstsq of y ~ 1 + arm + x; with x as it was recorded it gives theta 0.2488 and a difference of 0.8599.
  expect(adjustment?.theta).toBeCloseTo(0.49018616109108143, 12);
  expect(difference).toBeCloseTo(0.9507980349662675, 11);
  expect(adjustment?.varianceReduction).toBeCloseTo(0.46755683964667083, 12);
});

const offset = fc.constantFrom(0, 1, -3, 1e9, -1e9, 1e-9);
const effect = fc.constantFrom(0, 0.1, -2, 1000);
const UNDEFINED = { verdict: 'undefined', reason: 'zero-variance', pValue: null, interval: null };

describe('what varies by rounding alone is refused, never found', () => {
  it('where the covariate explains all that varies within the arms, whatever the difference between them', () => {
    const law = fc.property(
      fc.array(fc.integer({ min: -50_000, max: 50_000 }), { minLength: 220, maxLength: 400 }),
      offset,
      effect,
      fc.constantFrom(1, 0.3, -7),
      (xs, base, difference, slope) => {
        fc.pre(new Set(xs).size > 50);
        const units = xs.map((whole, index): Recorded => {
          const x = whole / 997;
          const arm = index % 2 === 0 ? 'control' : 'treatment';
          const y = base + slope * x + (arm === 'treatment' ? difference : 0);
          return { arm, before: { speed: base + x }, values: { speed: y } };
        });
        expect(resultOf(units).metrics.speed).toMatchObject(UNDEFINED);
      },
    );
    fc.assert(law, { numRuns: 60 });
  });

  it('and is not said to lack values from before that all units have', () => {
    const units = Array.from({ length: 400 }, (_, index): Recorded => {
      return { arm: index % 2 === 0 ? 'control' : 'treatment', before: { speed: 7 }, values: { speed: 7 } };
    });
    const { metrics, warnings } = resultOf(units);
    expect(metrics.speed).toMatchObject(UNDEFINED);
    expect(warnings.filter((warning) => warning.startsWith('speed:'))).toEqual([
      'speed: every value is the same within each arm, so chance cannot be judged',
    ]);
  });

  it('where every user of an arm has the same ratio', () => {
    const law = fc.property(
      fc.array(fc.double({ min: 1, max: 50, noNaN: true }), { minLength: 200, maxLength: 400 }),
      fc.constantFrom(1, 1e9, 1e-9),
      fc.constantFrom(0.1, 1 / 3, 7),
      effect,
      (views, scale, ratio, difference) => {
        const units = views.map((view, index): Recorded => {
          const arm = index % 2 === 0 ? 'control' : 'treatment';
          const clicks = view * scale * (ratio + (arm === 'treatment' ? difference : 0));
          return { arm, values: { views: view * scale, clicks } };
        });
        expect(resultOf(units).metrics.clicks).toMatchObject(UNDEFINED);
      },
    );
    fc.assert(law, { numRuns: 60 });
  });

  it('where values are the same but for the order in which their parts were added', () => {
    const [up, down] = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1];
    for (const scale of [1, 1e9, 1e-9]) {
      const units = Array.from({ length: 400 }, (_, index): Recorded => {
        const isControl = index % 2 === 0;
        const [some, rest] = [index % 3 === 0 ? up : down, index % 5 === 0 ? up : down];
        const values = { speed: scale * (isControl ? some : up), clicks: scale * (isControl ? rest : down), views: scale * some };
        return { arm: isControl ? 'control' : 'treatment', before: { speed: scale * rest }, values };
      });
      const { speed, clicks } = resultOf(units).metrics;
      for (const one of [speed, clicks]) expect(one).toMatchObject(UNDEFINED);
    }
  });
});

it('a covariate that varies by rounding alone takes nothing out, also where some have none', () => {
  const [up, down] = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1];
  const law = fc.property(
    fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 500, maxLength: 600 }),
    offset,
    (values, base) => {
      fc.pre(new Set(values).size > 20);
      const units = values.map((value, index): Recorded => {
        const hasNone = index % 3 === 0;
        const before = hasNone ? {} : { before: { speed: 1e3 * (index % 7 === 0 ? up : down) } };
        return {
          arm: index % 2 === 0 ? 'control' : 'treatment',
          ...before,
          values: { speed: base + value + (hasNone ? 500 : 0) },
        };
      });
      const { adjustment, difference } = resultOf(units).metrics.speed ?? {};
      expect(adjustment).toMatchObject({ theta: 0, varianceReduction: 0 });
      expect(difference).toBe(adjustment?.unadjustedDifference);
    },
  );
  fc.assert(law, { numRuns: 30 });
});

it('what varies truly is still judged beside a covariate that explains nearly all, near 1e9 too', () => {
  for (const base of [0, 1e9]) {
    const units = Array.from({ length: 1000 }, (_, index): Recorded => {
      const arm = index % 2 === 0 ? 'control' : 'treatment';
      const before = (index * 37) % 101;
      const value = before + (((index * 61) % 89) - 44) / 1000 + (arm === 'treatment' ? 0.05 : 0);
      return { arm, before: { speed: base + before }, values: { speed: base + value } };
    });
    const speed = resultOf(units).metrics.speed;
    expect(speed).toMatchObject({ reason: null, verdict: 'better' });
    expect(speed?.difference).toBeCloseTo(0.05, 2);
  }
});

it('values that no double holds are out of range, not too few, and no number of the result is anything but finite', () => {
  const units = Array.from({ length: 600 }, (_, index): Recorded => {
    const huge = index % 3 === 0 ? 1.7e308 : -1.7e308;
    return {
      arm: index % 2 === 0 ? 'control' : 'treatment',
      before: { speed: huge },
      values: { speed: huge, clicks: 1, views: huge },
    };
  });
  const { metrics } = resultOf(units);
  for (const one of [metrics.speed, metrics.clicks, metrics.views])
    expect(one).toMatchObject({ verdict: 'undefined', reason: 'out-of-range', pValue: null, interval: null });
  expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
});

it('of what can be measured nothing is out of range: means, covariates and ratios, also where every unit met the largest a million times', () => {
  const most = LARGEST_MEASURABLE * 1e6;
  const extreme = fc.constantFrom(0, 1, -1, LARGEST_MEASURABLE, -LARGEST_MEASURABLE, most, -most);
  const given = fc.array(fc.tuple(extreme, extreme, extreme, extreme), { minLength: 200, maxLength: 300 });
  const law = fc.property(given, (all) => {
    const units = all.map(([before, speed, clicks, views], index): Recorded => {
      return { arm: index % 2 === 0 ? 'control' : 'treatment', before: { speed: before }, values: { speed, clicks, views } };
    });
    const { metrics } = resultOf(units);
    for (const one of Object.values(metrics)) expect(one.reason).not.toBe('out-of-range');
  });
  fc.assert(law, { numRuns: 50 });
});

it('of a ratio whose denominators are 0 in an arm says so, with the units that it has, and warns', () => {
  const units = Array.from({ length: 600 }, (_, index): Recorded => {
    return { arm: index % 2 === 0 ? 'control' : 'treatment', values: { clicks: 1, views: index % 2 } };
  });
  const { metrics, warnings } = resultOf(units);
  expect(metrics.clicks).toMatchObject({
    ...{ verdict: 'undefined', reason: 'zero-denominator', difference: null, liftReason: 'insufficient-data' },
    ...{ controlUnits: 300, treatmentUnits: 300 },
  });
  expect(warnings.join()).toContain('clicks: what it is divided by is 0 for everybody in an arm');
});

it('says why there is no relative change, or no interval of it', () => {
  const rate = (control: number, treatment: number): readonly Recorded[] =>
    Array.from({ length: 20_000 }, (_, index): Recorded => {
      const place = Math.floor(index / 2);
      const arm = index % 2 === 0 ? 'control' : 'treatment';
      return { arm, values: { views: place < (arm === 'control' ? control : treatment) ? 1 : 0 } };
    });
  const viewsOf = (...met: [number, number]) => resultOf(rate(...met)).metrics.views;
  expect(viewsOf(100, 0)).toMatchObject({ lift: -1, liftInterval: null, liftReason: 'zero-variance', verdict: 'worse' });
  expect(viewsOf(9, 20)).toMatchObject({ lift: null, liftInterval: null, liftReason: 'control-mean-near-zero' });
  expect(viewsOf(500, 520)).toMatchObject({ liftReason: null, liftInterval: [expect.any(Number), expect.any(Number)] });
});
