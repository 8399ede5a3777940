import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../../conformance/statistics/streaming_moments.json' with { type: 'json' };
import { avalanche } from '../flag/hash.ts';
import {
  distinctFromIndices,
  distinctRegisters,
  estimateDistinct,
  estimateRegisters,
  mergeDistinct,
  newRegisters,
  raise,
} from './distinct.ts';
import { addValue, emptyMoments, type Moments, meanOf, mergeMoments, removeValue, varianceOf, withZeros } from './moments.ts';
import { addToSketch, builtSketch, mergeSketches, type Sketch, sketchBuilder, sketchQuantile } from './sketch.ts';
import { emptyTally, mergeTally, type Tally } from './tally.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const sketchOf = (values: readonly number[]): Sketch => {
  const builder = sketchBuilder();
  for (const one of values) addToSketch(builder, one);
  return builtSketch(builder);
};
const tally = fc.record({
  counts: fc.dictionary(fc.constantFrom('on/SPLIT', 'off/SPLIT', '__proto__'), fc.nat(1e6)),
  distinct: fc.dictionary(
    fc.constantFrom('on', 'off'),
    fc
      .uniqueArray(fc.tuple(fc.nat(4095), fc.integer({ min: 1, max: 33 })), { selector: ([index]) => index, maxLength: 9 })
      .map((pairs) => pairs.sort((a, b) => a[0] - b[0])),
  ),
  sketches: fc.dictionary(fc.constantFrom('latency'), fc.array(value, { maxLength: 20 }).map(sketchOf)),
  firstAt: fc.option(fc.nat(1e9), { nil: null }),
  lastAt: fc.option(fc.nat(1e9), { nil: null }),
}) as fc.Arbitrary<Tally>;

describe('tallies', () => {
  it('merge to the same in any order', () => {
    fc.assert(
      fc.property(
        fc.array(tally, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
        (tallies, ranks) => {
          const shuffled = tallies
            .map((one, index) => ({ one, rank: ranks[index] ?? 0 }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ one }) => one);
          const half = Math.floor(shuffled.length / 2);
          const tree = mergeTally(
            shuffled.slice(0, half).reduce(mergeTally, emptyTally()),
            shuffled.slice(half).reduce(mergeTally, emptyTally()),
          );
          expect(tree).toEqual(tallies.reduce(mergeTally, emptyTally()));
        },
      ),
    );
  });
});

describe('moments', () => {
  it(`agree with ${vectors.cases.length} reference values, at the tolerance of shifted accumulation`, () => {
    for (const { id, input, expected, relTolMean, relTolM2Shifted } of vectors.cases as unknown as {
      id: string;
      input: { chunks: number[][] };
      expected: { mean: number; m2: number };
      relTolMean: number;
      relTolM2Shifted: number;
    }[]) {
      const shift = input.chunks.flat()[0] ?? 0;
      const merged = input.chunks
        .map((chunk) => chunk.reduce(addValue, emptyMoments(shift)))
        .reduce(mergeMoments, emptyMoments(shift));
      expect(Math.abs((meanOf(merged) ?? 0) - expected.mean), `${id} mean`).toBeLessThanOrEqual(
        Math.max(relTolMean * Math.abs(expected.mean), 1e-15),
      );
      expect(Math.abs(merged.m2 - expected.m2), `${id} m2`).toBeLessThanOrEqual(Math.max(relTolM2Shifted * expected.m2, 1e-15));
    }
  });

  it('without a value that was added are those from before, and zeros count as values', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), value, (values, extra) => {
        const moments = values.reduce(addValue, emptyMoments(values[0] ?? 0));
        const back = removeValue(addValue(moments, extra), extra);
        expect(back.n).toBe(moments.n);
        expect(back.mean).toBeCloseTo(moments.mean, 6);
        expect(back.m2).toBeGreaterThanOrEqual(0);
        const padded = [...values, 0, 0, 0].reduce(addValue, emptyMoments(values[0] ?? 0));
        expect(meanOf(withZeros(moments, 3))).toBeCloseTo(meanOf(padded) ?? 0, 6);
        expect(withZeros(moments, 3).n).toBe(padded.n);
      }),
    );
    const none: Moments = emptyMoments(5);
    expect([meanOf(none), varianceOf(none), varianceOf(addValue(none, 7))]).toEqual([null, null, null]);
  });

  it('merge to the same in any order and grouping, also across shifts and at 1e9', () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 20 });
    const offset = fc.constantFrom(0, 1e9, -1e9);
    fc.assert(
      fc.property(values, values, values, offset, (a, b, c, far) => {
        const of = (some: readonly number[], shift: number): Moments =>
          some.map((one) => one + far).reduce(addValue, emptyMoments(far + shift));
        const [x, y, z] = [of(a, 5), of(b, -3), of(c, 0)];
        const all = [...a, ...b, ...c].map((one) => one + far - far);
        const mean = all.reduce((sum, one) => sum + one, 0) / Math.max(1, all.length);
        const m2 = all.reduce((sum, one) => sum + (one - mean) ** 2, 0);
        for (const merged of [
          mergeMoments(x, mergeMoments(y, z)),
          mergeMoments(mergeMoments(x, y), z),
          mergeMoments(mergeMoments(z, x), y),
          mergeMoments(y, mergeMoments(emptyMoments(7), mergeMoments(z, x))),
        ]) {
          expect(merged.n).toBe(all.length);
          if (all.length === 0) continue;
          expect(Math.abs(merged.mean + (merged.shift - far) - mean)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(mean)));
          expect(Math.abs(merged.m2 - m2)).toBeLessThanOrEqual(1e-9 * (1 + m2));
        }
      }),
    );
  });
});

describe('a sketch', () => {
  it('answers quantiles within one percent, whatever it was merged from', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const cut = Math.floor(values.length / 3);
          const got = sketchQuantile(mergeSketches(sketchOf(values.slice(0, cut)), sketchOf(values.slice(cut))), q) ?? Number.NaN;
          const sorted = [...values].sort((a, b) => a - b);
          const rank = q * (values.length - 1);
          const near = [Math.floor(rank), Math.ceil(rank)].map((index) => sorted[index] ?? 0);
          expect(
            near.some((exact) => Math.abs(got - exact) <= 0.0101 * Math.abs(exact) + 2e-9),
            `${got} for ${near}`,
          ).toBe(true);
        },
      ),
    );
    expect(sketchQuantile(sketchOf([]), 0.5)).toBeNull();
  });
});

it('estimates distinct units without bias from 100 to 100 000, with the standard error that is promised', () => {
  const SEEDS = 60;
  const marks = [100, 1000, 5000, 10_000, 14_000, 100_000];
  const errors = new Map<number, number[]>(marks.map((mark) => [mark, []]));
  for (let seed = 1; seed <= SEEDS; seed++) {
    const registers = newRegisters();
    for (let unit = 1; unit <= 100_000; unit++) {
      const hash = Math.imul(unit, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b);
      raise(registers, avalanche(hash), avalanche(hash ^ 0x5bd1e995));
      errors.get(unit)?.push(estimateRegisters(registers) / unit - 1);
    }
  }
  for (const [mark, all] of errors) {
    const bias = all.reduce((sum, error) => sum + error, 0) / SEEDS;
    const rmse = Math.sqrt(all.reduce((sum, error) => sum + error ** 2, 0) / SEEDS);
    expect(Math.abs(bias), `bias at ${mark}`).toBeLessThan(0.008);
    expect(rmse, `error at ${mark}`).toBeLessThan(0.021);
  }
});

describe('distinct counts', () => {
  it('are within a few percent up to a million, exact when small, and the same however they are gathered', () => {
    const registers = newRegisters();
    const raised: number[] = [];
    for (let unit = 1; unit <= 1_000_000; unit++) {
      const index = raise(registers, avalanche(unit), avalanche(unit ^ 0x5bd1e995));
      if (index >= 0) raised.push(index);
      if ([3, 100, 10_000, 1_000_000].includes(unit))
        expect(Math.abs(estimateRegisters(registers) / unit - 1), String(unit)).toBeLessThan(unit < 1000 ? 0.02 : 0.04);
    }
    const whole = distinctFromIndices(registers, raised);
    expect(distinctRegisters(whole)).toEqual(registers);
    expect(estimateDistinct(mergeDistinct(whole, whole))).toBe(estimateRegisters(registers));
    expect(raise(registers, avalanche(7), avalanche(7 ^ 0x5bd1e995))).toBe(-1);
  });
});
