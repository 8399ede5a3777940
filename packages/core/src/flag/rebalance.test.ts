import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WHOLE_SHARE } from '../share.ts';
import type { VariantShare } from './flag.ts';
import { isFragmented, mostRanges, rebalance, splitAfter, splitWeights } from './rebalance.ts';

type Split = readonly VariantShare[];

/** Weights of up to so many variants, some of them nothing. */
const weights = (variants: number): fc.Arbitrary<Split> =>
  fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 })), { minLength: variants, maxLength: variants })
    .map((parts) => {
      const sum = Math.max(
        1,
        parts.reduce((a, b) => a + b, 0),
      );
      const shares = parts.map((part) => Math.floor((part / sum) * WHOLE_SHARE));
      shares[0] = (shares[0] ?? 0) + WHOLE_SHARE - shares.reduce((a, b) => a + b, 0);
      return shares.map((share, index) => ({ variant: `v${index}`, share }));
    });

const histories = fc
  .integer({ min: 2, max: 6 })
  .chain((variants) => fc.array(weights(variants), { minLength: 2, maxLength: 12 }));

/** In any order and with any number of ranges, as a document may hold them. */
const ranges = (most: number): fc.Arbitrary<Split> =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: most })
    .map((parts) => {
      const made = parts.map(([variant, share]) => ({ variant: `v${variant}`, share }));
      return [...made, { variant: 'v0', share: WHOLE_SHARE - made.reduce((sum, { share }) => sum + share, 0) }];
    });

/** Borders with what lies between them: how many buckets changed hands. */
function movedBetween(before: Split, after: Split): number {
  const ends = (split: Split): [number, string][] => {
    let end = 0;
    return split.map(({ variant, share }) => {
      end += share;
      return [end, variant];
    });
  };
  const owner = (split: [number, string][], bucket: number): string | undefined => split.find(([end]) => bucket < end)?.[1];
  const [a, b] = [ends(before), ends(after)];
  const borders = [...new Set([0, ...a.map(([end]) => end), ...b.map(([end]) => end)])].sort((x, y) => x - y);
  let moved = 0;
  for (const [index, from] of borders.slice(0, -1).entries())
    if (owner(a, from) !== owner(b, from)) moved += (borders[index + 1] ?? 0) - from;
  return moved;
}

function growthBetween(before: Split, after: Split): number {
  const old = new Map(splitWeights(before).map(({ variant, share }) => [variant, share]));
  return splitWeights(after).reduce((sum, { variant, share }) => sum + Math.max(0, share - (old.get(variant) ?? 0)), 0);
}

const sorted = (split: Split): Split =>
  splitWeights(split)
    .filter(({ share }) => share > 0)
    .sort((x, y) => (x.variant < y.variant ? -1 : 1));

describe('rebalance', () => {
  it('gives the weights that were asked for and moves exactly what the growing ones grow by, edit after edit', () => {
    fc.assert(
      fc.property(histories, ([first = [], ...rest]) => {
        let split: Split = first;
        for (const next of rest) {
          const after = rebalance(split, next);
          expect(sorted(after)).toEqual(sorted(next));
          expect(movedBetween(split, after)).toBe(growthBetween(split, next));
          split = after;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does to two variants what it always did: one border moves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: WHOLE_SHARE - 1 }), fc.integer({ min: 1, max: WHOLE_SHARE - 1 }), (from, to) => {
        const two = (share: number): Split => [
          { variant: 'a', share },
          { variant: 'b', share: WHOLE_SHARE - share },
        ];
        expect(rebalance(two(from), two(to))).toEqual(two(to));
      }),
    );
  });

  it('leaves a split alone whose weights are those already, however it came to them', () => {
    const split = [
      { variant: 'a', share: 30_000 },
      { variant: 'b', share: 40_000 },
      { variant: 'a', share: 30_000 },
    ];
    expect(
      rebalance(split, [
        { variant: 'b', share: 40_000 },
        { variant: 'a', share: 60_000 },
      ]),
    ).toBe(split);
    expect([isFragmented(split), isFragmented(split.slice(0, 2))]).toEqual([true, false]);
  });

  it('keeps a variant that goes and comes back from moving anybody but those who were its own', () => {
    const thirds = [
      { variant: 'a', share: 33_333 },
      { variant: 'b', share: 33_333 },
      { variant: 'c', share: 33_334 },
    ];
    const without = rebalance(thirds, [
      { variant: 'a', share: 50_000 },
      { variant: 'c', share: 50_000 },
    ]);
    expect(movedBetween(thirds, without)).toBe(33_333);
    expect(without).toHaveLength(2);
  });

  it('never has more ranges than it may, and then moves little more than it must', () => {
    fc.assert(
      fc.property(ranges(450), weights(3), (before, next) => {
        const after = rebalance(before, next);
        expect(after.length).toBeLessThanOrEqual(mostRanges(3));
        expect(sorted(after)).toEqual(sorted(next));
        const saved = Math.max(0, before.length + 2 - mostRanges(3));
        expect(movedBetween(before, after)).toBeLessThanOrEqual(
          growthBetween(before, next) + saved * (4 / mostRanges(3)) * WHOLE_SHARE,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('does not fragment without bound: few ranges are left after hundreds of edits', () => {
    let split: Split = ['a', 'b', 'c', 'd'].map((variant) => ({ variant, share: 25_000 }));
    for (let edit = 0; edit < 2_000; edit++) {
      const next = splitWeights(split).map((part) => ({ ...part }));
      const [from, to] = [next[edit % next.length], next[(edit * 7 + 1) % next.length]];
      if (from === undefined || to === undefined) continue;
      const share = Math.min(from.share, 1 + ((edit * 7919) % 900));
      split = rebalance(
        split,
        next.map((part) => ({ ...part, share: part.share - (part === from ? share : 0) + (part === to ? share : 0) })),
      );
    }
    expect(split.length).toBeLessThan(20);
  });

  it('takes an exact split as it is, and that of a test, which counts under its own division only', () => {
    const flag = { split: [{ variant: 'a', share: WHOLE_SHARE }], shareOwner: null };
    const given = [
      { variant: 'b', share: 40_000 },
      { variant: 'a', share: 60_000 },
    ];
    expect(splitAfter(flag, given, false)).toEqual([given[1], given[0]]);
    expect(splitAfter(flag, given, true)).toBe(given);
    expect(splitAfter({ ...flag, shareOwner: { kind: 'experiment', key: 't' } }, given, false)).toBe(given);
  });

  it('leaves weights that are not whole to whoever refuses them', () => {
    const half = [{ variant: 'a', share: 50_000 }];
    expect(rebalance([{ variant: 'a', share: WHOLE_SHARE }], half)).toBe(half);
    expect(rebalance([], half)).toBe(half);
  });
});
