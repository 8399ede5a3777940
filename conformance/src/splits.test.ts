import { readFileSync } from 'node:fs';
import {
  bucketOf,
  compileFlag,
  DEFAULT_SCOPE,
  evaluateCompiled,
  hashText,
  mixHash,
  newFlag,
  rebalance,
  saltHash,
  type VariantShare,
} from '@sluice/core';
import { expect, it } from 'vitest';

interface Vectors {
  readonly salt: string;
  readonly splits: readonly (readonly VariantShare[])[];
  readonly cases: readonly { readonly split: number; readonly key: string; readonly bucket: number; readonly variant: string }[];
  readonly edits: readonly {
    readonly before: readonly VariantShare[];
    readonly weights: Readonly<Record<string, number>>;
    readonly after: readonly VariantShare[];
  }[];
}
const vectors = JSON.parse(readFileSync(new URL('../vectors/splits.json', import.meta.url), 'utf8')) as Vectors;

/** The specification read once more: the first range whose upper end lies above the bucket. */
function rangeAt(split: readonly VariantShare[], bucket: number): string | undefined {
  let end = 0;
  for (const { variant, share } of split) {
    end += share;
    if (bucket < end) return variant;
  }
  return undefined;
}

/** Whose each bucket is, one by one. */
const owners = (split: readonly VariantShare[]): string[] =>
  split.flatMap(({ variant, share }) => Array<string>(share).fill(variant));

it('gives each key of the vectors the variant of the range that its bucket lies in', () => {
  for (const { split, key, bucket, variant } of vectors.cases) {
    const ranges = vectors.splits[split] ?? [];
    const [hash, salt] = [hashText(key, { high: 0, low: 0 }), saltHash('split', vectors.salt)];
    expect(bucketOf(mixHash(hash.high, hash.low, salt.high, salt.low)), key).toBe(bucket);
    expect(rangeAt(ranges, bucket), key).toBe(variant);
    const flag = { ...newFlag('f', DEFAULT_SCOPE, 0), salt: vectors.salt, status: 'enabled' as const, split: ranges };
    const variants = { variants: { off: 0, a: 1, b: 2, c: 3, d: 4 }, offVariant: 'off', onVariant: 'a' };
    expect(evaluateCompiled(compileFlag({ ...flag, ...variants }), { userId: key }, null).variant, key).toBe(variant);
  }
});

it('edits the splits of the vectors to the ranges that they say, which move the fewest buckets', () => {
  for (const { before, weights, after } of vectors.edits) {
    const wanted = Object.entries(weights).map(([variant, share]) => ({ variant, share }));
    expect(rebalance(before, wanted), JSON.stringify(weights)).toEqual(after);
    const [from, to] = [owners(before), owners(after)];
    const moved = from.filter((variant, bucket) => variant !== to[bucket]).length;
    const count = (list: readonly string[], variant: string): number => list.filter((owner) => owner === variant).length;
    expect(moved).toBe(wanted.reduce((sum, { variant, share }) => sum + Math.max(0, share - count(from, variant)), 0));
  }
});
