/** What results are of, they are of the users' values alone: not of their order, unit or origin, nor of which arm is called the control. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avalanche } from '../flag/hash.ts';
import { experimentOf, metric } from './judged-test.testing.ts';
import { applyUnitDelta, emptyTotals } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { rulesOf } from './metric.ts';
import { lookAtTest, testResult } from './result.ts';
import type { TestResults } from './test-results.ts';
import type { UnitDelta } from './unit-delta.ts';

const TEST = experimentOf([
  metric('plain', { aggregation: 'sum' }),
  metric('adjusted', { aggregation: 'sum', covariate: true }),
  metric('clicks', { aggregation: 'sum', per: 'views' }),
  metric('views', { aggregation: 'sum', role: 'secondary' }),
]);
const COMPARED = ['plain', 'adjusted', 'clicks', 'views'] as const;

interface Measured {
  readonly unit: number;
  readonly arm: string;
  readonly name: string;
  readonly value: number;
  readonly from: number;
}

/** Whole numbers of an arm that is better by `by`: sums of them lose no digit. */
interface World {
  readonly seed: number;
  readonly control: number;
  readonly treatment: number;
  readonly by: number;
}
const world: fc.Arbitrary<World> = fc.record({
  seed: fc.nat(1e6),
  control: fc.integer({ min: 100, max: 130 }),
  treatment: fc.integer({ min: 100, max: 130 }),
  by: fc.integer({ min: -40, max: 40 }),
});

function measuredIn({ seed, control, treatment, by }: World): Measured[] {
  const drawn = (unit: number, what: number, below: number): number =>
    Math.floor(((avalanche(avalanche(unit ^ avalanche(seed)) + what) >>> 0) / 2 ** 32) * below);
  return Array.from({ length: control + treatment }, (_, unit) => unit).flatMap((unit) => {
    const [arm, more] = unit < control ? ['control', 0] : ['treatment', by];
    const before = drawn(unit, 1, 100);
    const views = 1 + drawn(unit, 2, 20);
    const one = (name: string, value: number, from = 20): Measured => ({ unit, arm, name, value, from });
    return [
      one('plain', drawn(unit, 3, 100) + more),
      one('adjusted', before, 5),
      one('adjusted', before + drawn(unit, 4, 50) + more),
      one('views', views),
      one('clicks', drawn(unit, 5, views + 1)),
    ];
  });
}

function totalsOf(measured: readonly Measured[]) {
  const rows = new Map<string, LedgerRow>();
  return measured.reduce((totals, { unit, arm, name, value, from }) => {
    const values = { ...rulesOf(TEST, name), count: 1, sum: value, min: value, max: value, from, until: from };
    const delta: UnitDelta = { subject: 't', unit: String(unit), arm, firstExposureAt: 10, metrics: { [name]: values } };
    const applied = applyUnitDelta(totals, rows.get(delta.unit), delta);
    rows.set(delta.unit, applied.row);
    return applied.totals;
  }, emptyTotals());
}
const resultOf = (measured: readonly Measured[]): TestResults => testResult(TEST, totalsOf(measured), 100);

/** Of a metric that was compared: its difference, interval and p. */
function figuresOf(results: TestResults, name: string) {
  const { difference, interval, pValueNow, reason } = results.metrics[name] ?? {};
  if (difference == null || interval == null || pValueNow == null) throw new Error(`${name}: ${reason}`);
  return { difference, lower: interval[0], upper: interval[1], p: pValueNow };
}
/** Equal to nine digits of the interval's width. */
function expectSame(got: ReturnType<typeof figuresOf>, want: ReturnType<typeof figuresOf>): void {
  const tolerance = 1e-9 * (want.upper - want.lower);
  for (const figure of ['difference', 'lower', 'upper'] as const)
    expect(Math.abs(got[figure] - want[figure]), figure).toBeLessThanOrEqual(tolerance);
  expect(Math.abs(Math.log(got.p) - Math.log(want.p))).toBeLessThan(1e-6);
}
const runs = { numRuns: 12 };

describe('the results of a test', () => {
  it('are the same in whatever order the values came', () => {
    fc.assert(
      fc.property(world, fc.nat(1e6), (given, key) => {
        const measured = measuredIn(given);
        const place = measured.map((_, index) => Math.imul(index + 1, 2 * key + 1) >>> 0);
        const shuffled = measured.map((one, index) => ({ one, at: place[index] ?? 0 })).sort((a, b) => a.at - b.at);
        const [results, other] = [resultOf(measured), resultOf(shuffled.map(({ one }) => one))];
        for (const name of COMPARED) expectSame(figuresOf(other, name), figuresOf(results, name));
        expect(other.verdict).toEqual(results.verdict);
      }),
      runs,
    );
  });

  it('have the same differences when the same is added to every value, up to 1e9', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: -1e9, max: 1e9 }), (given, constant) => {
        const measured = measuredIn(given);
        const moved = measured.map((one) => (one.name === 'clicks' ? one : { ...one, value: one.value + constant }));
        const [results, other] = [resultOf(measured), resultOf(moved)];
        for (const name of ['plain', 'adjusted', 'views']) expectSame(figuresOf(other, name), figuresOf(results, name));
      }),
      runs,
    );
  });

  it('are the same in any unit of measurement', () => {
    fc.assert(
      fc.property(world, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (given, scale) => {
        const measured = measuredIn(given);
        const scaled = measured.map((one) => (one.name === 'views' ? one : { ...one, value: one.value * scale }));
        const [results, other] = [resultOf(measured), resultOf(scaled)];
        for (const name of ['plain', 'adjusted', 'clicks']) {
          const { difference, lower, upper, p } = figuresOf(other, name);
          const back = { difference: difference / scale, lower: lower / scale, upper: upper / scale, p };
          expectSame(back, figuresOf(results, name));
        }
        expect(other.verdict).toEqual(results.verdict);
        const lifts = [results, other].map(({ metrics }) => COMPARED.map((name) => metrics[name]?.lift ?? 0));
        for (const [index, lift] of (lifts[0] ?? []).entries()) expect(lifts[1]?.[index]).toBeCloseTo(lift, 9);
      }),
      runs,
    );
  });

  it('flip their signs when the arms are swapped', () => {
    fc.assert(
      fc.property(world, (given) => {
        const measured = measuredIn(given);
        const swapped = measured.map((one) => ({ ...one, arm: one.arm === 'control' ? 'treatment' : 'control' }));
        const [results, other] = [resultOf(measured), resultOf(swapped)];
        for (const name of COMPARED) {
          const { difference, lower, upper, p } = figuresOf(other, name);
          expectSame({ difference: -difference, lower: -upper, upper: -lower, p }, figuresOf(results, name));
        }
        const mirror = { better: 'worse', worse: 'better' } as Record<string, string>;
        for (const name of COMPARED)
          expect(other.verdict[name]).toBe(mirror[results.verdict[name] ?? ''] ?? results.verdict[name]);
      }),
      runs,
    );
  });

  it('have a p that never rises while values come in', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 2, max: 6 }), (given, count) => {
        const size = 160;
        const measured = measuredIn({ ...given, control: size, treatment: size });
        const before: Record<string, number> = {};
        let looks = {};
        for (let look = 1; look <= count; look++) {
          // From the first look on with the units that a look needs.
          const units = 100 + Math.floor((60 * look) / count);
          const totals = totalsOf(measured.filter(({ unit }) => unit % size < units));
          const at = lookAtTest(TEST, { ...totals, ...looks }, look);
          if (at.looks !== null) looks = { looks: at.looks };
          for (const name of COMPARED) {
            const p = at.results.pValue[name] ?? 1;
            expect(p).toBeLessThanOrEqual(before[name] ?? 1);
            before[name] = p;
          }
        }
      }),
      runs,
    );
  });
});
