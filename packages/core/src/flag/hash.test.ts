import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashDigits, hashText, utf8Length } from './hash.ts';

const digits = (text: string): string => hashDigits(hashText(text, { high: 0, low: 0 }));
/** MurmurHash3_x86_32 over bytes, written from its specification, as the oracle of the high lane. */
function murmur3(bytes: Uint8Array): number {
  let h = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const scramble = (k: number): number => {
    const a = Math.imul(k, 0xcc9e2d51);
    return Math.imul((a << 15) | (a >>> 17), 0x1b873593);
  };
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    h ^= scramble(view.getUint32(i, true));
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  let k = 0;
  for (let j = bytes.length - 1; j >= i; j--) k = (k << 8) | (bytes[j] ?? 0);
  h ^= scramble(k) ^ bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

describe('hashText', () => {
  it('gives the published values of MurmurHash3_x86_32 in the high lane', () => {
    expect(digits('').slice(0, 8)).toBe('00000000');
    expect(digits('hello').slice(0, 8)).toBe('248bfa47');
    expect(digits('The quick brown fox jumps over the lazy dog').slice(0, 8)).toBe('2e4ff723');
  });

  it('hashes the UTF-8 bytes of any text, lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(Number.parseInt(digits(text).slice(0, 8), 16)).toBe(murmur3(bytes));
        expect(utf8Length(text)).toBe(bytes.length);
      }),
    );
    expect(digits('\ud800x')).toBe(digits('\ufffdx'));
    expect(digits('\ud800x')).not.toBe(digits('\ud83d\ude00x'));
  });

  it('keeps precomposed and decomposed letters apart, because they are different bytes', () => {
    expect(digits('\u00e9')).not.toBe(digits('e\u0301'));
  });

  it('never lets one lane collide because the other does', () => {
    const seen = new Map<number, string>();
    let highCollisions = 0;
    for (let i = 0; i < 400_000; i++) {
      const hash = hashText(`user-${i}`, { high: 0, low: 0 });
      const other = seen.get(hash.high);
      if (other !== undefined) {
        highCollisions++;
        expect(other).not.toBe(hashDigits(hash));
      } else seen.set(hash.high, hashDigits(hash));
    }
    expect(highCollisions).toBeGreaterThan(5);
  });
});
