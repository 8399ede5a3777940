/** From a unit's hash and a flag's salt to a bucket. One digest of the key serves every flag; each flag adds one integer mix. */
import type { Share } from '../share.ts';
import { avalanche, hashText, type KeyHash } from './hash.ts';

const TWO_32 = 2 ** 32;

/** Which question a hash answers. Distinct purposes keep who is in independent of which variant they get. */
export type SaltPurpose = 'share' | 'split' | 'layer';

/** The salt's own two lanes, computed once when a flag is compiled. */
export function saltHash(purpose: SaltPurpose, salt: string): KeyHash {
  return hashText(`${purpose}/${salt}`, { high: 0, low: 0 });
}

/**
 * The uniform signed 32-bit value of a unit under a salt. The high lane is scrambled before the low lane enters, so that two
 * salts give independent values and not two views of one sum.
 */
export function mixHash(high: number, low: number, saltHigh: number, saltLow: number): number {
  let h = high ^ saltHigh;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h ^= h >>> 13;
  return avalanche((h + (low ^ saltLow)) | 0);
}

/** The bucket of a mixed hash: an integer from 0 to 99 999, floor(hash × 100 000 / 2^32) on the unsigned value. */
export function bucketOf(mixed: number): number {
  return Math.floor(((mixed >>> 0) * 100_000) / TWO_32);
}

/** The first unsigned hash whose bucket is not below `share`; `mixed >>> 0 < threshold` is `bucketOf(mixed) < share`. Exact for every share. */
export function thresholdOf(share: Share): number {
  return Math.ceil((share * TWO_32) / 100_000);
}
