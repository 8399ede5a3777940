import { readFileSync } from 'node:fs';
import {
  bucketOf,
  compileFlag,
  DEFAULT_SCOPE,
  evaluateCompiled,
  hashDigits,
  hashText,
  mixHash,
  newFlag,
  saltHash,
} from '@sluice/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';

interface Vectors {
  readonly cases: readonly {
    readonly key: string;
    readonly salt: string;
    readonly hash: string;
    readonly share: number;
    readonly split: number;
  }[];
}
const vectors = JSON.parse(readFileSync(new URL('../vectors/bucketing.json', import.meta.url), 'utf8')) as Vectors;

/** docs/bucketing.md written down once more, with big integers and nothing of ours, as somebody in another language would. */
const MASK = 0xffffffffn;
const multiply = (a: bigint, b: bigint): bigint => (a * b) & MASK;
const rotate = (x: bigint, n: bigint): bigint => ((x << n) | (x >> (32n - n))) & MASK;
const LANES = {
  high: { first: 0xcc9e2d51n, turn: 15n, second: 0x1b873593n, mix: 13n, add: 0xe6546b64n },
  low: { first: 0x38b34ae5n, turn: 17n, second: 0xa1e38b93n, mix: 15n, add: 0x96cd1c35n },
} as const;

function avalanche(value: bigint): bigint {
  let h = multiply(value ^ (value >> 16n), 0x85ebca6bn);
  h = multiply(h ^ (h >> 13n), 0xc2b2ae35n);
  return h ^ (h >> 16n);
}

function lane(text: string, { first, turn, second, mix, add }: (typeof LANES)['high' | 'low']): bigint {
  const bytes = [...new TextEncoder().encode(text)].map(BigInt);
  const block = (from: number): bigint =>
    bytes.slice(from, from + 4).reduce((sum, byte, index) => sum | (byte << BigInt(8 * index)), 0n);
  const scramble = (k: bigint): bigint => multiply(rotate(multiply(k, first), turn), second);
  const whole = bytes.length - (bytes.length % 4);
  let h = 0n;
  for (let at = 0; at < whole; at += 4) h = (multiply(rotate(h ^ scramble(block(at)), mix), 5n) + add) & MASK;
  return avalanche(h ^ scramble(block(whole)) ^ BigInt(bytes.length));
}

function specifiedBucket(key: string, purpose: 'share' | 'split', salt: string): number {
  const [saltHigh, saltLow] = [lane(`${purpose}/${salt}`, LANES.high), lane(`${purpose}/${salt}`, LANES.low)];
  let m = lane(key, LANES.high) ^ saltHigh;
  m = multiply(m ^ (m >> 16n), 0x85ebca6bn);
  m ^= m >> 13n;
  m = avalanche((m + (lane(key, LANES.low) ^ saltLow)) & MASK);
  return Number((m * 100000n) >> 32n);
}

function bucket(key: string, purpose: 'share' | 'split', salt: string): number {
  const [hash, { high, low }] = [hashText(key, { high: 0, low: 0 }), saltHash(purpose, salt)];
  return bucketOf(mixHash(hash.high, hash.low, high, low));
}

it(`agrees with ${vectors.cases.length} vectors, and so does the specification`, () => {
  for (const { key, salt, hash, share, split } of vectors.cases) {
    const what = JSON.stringify(key);
    expect(hashDigits(hashText(key, { high: 0, low: 0 })), what).toBe(hash);
    expect([bucket(key, 'share', salt), bucket(key, 'split', salt)], what).toEqual([share, split]);
    expect([specifiedBucket(key, 'share', salt), specifiedBucket(key, 'split', salt)], what).toEqual([share, split]);
    const flag = { ...newFlag('f', DEFAULT_SCOPE, 0), salt, status: 'percentage' as const };
    for (const edge of [share, share + 1]) {
      const { variant } = evaluateCompiled(compileFlag({ ...flag, share: edge }), { userId: key }, null);
      if (edge > 0 && edge < 100_000) expect(variant, `${what} at a share of ${edge}`).toBe(edge > share ? 'on' : 'off');
    }
  }
});

it('agrees with the specification for any key and salt', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ unit: 'binary', maxLength: 12 }), (key, salt) => {
      expect(bucket(key, 'share', salt)).toBe(specifiedBucket(key, 'share', salt));
    }),
  );
});
