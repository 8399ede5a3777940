/** Whether buckets are uniform and independent, over sequential and random ids and many salts. */
import { randomUUID } from 'node:crypto';
import { bucketOf, hashText, mixHash, saltHash } from '../../packages/core/dist/index.js';

const IDS = 1_000_000;
const SALTS = 51;
const BINS = 1_000;
/** Upper normal quantile of 0.001 / 102 tests: what the largest of all z-scores may reach by chance. */
const LARGEST_Z = 4.27;

/** Both lanes of every id, high and low interleaved. */
function hashes(idOf, count) {
  const lanes = new Int32Array(2 * count);
  const hash = { high: 0, low: 0 };
  for (let i = 0; i < count; i++) {
    hashText(idOf(i), hash);
    lanes[2 * i] = hash.high;
    lanes[2 * i + 1] = hash.low;
  }
  return lanes;
}

function bucketsOf(lanes, salt) {
  const { high, low } = saltHash('share', salt);
  const buckets = new Int32Array(lanes.length / 2);
  for (let i = 0; i < buckets.length; i++) buckets[i] = bucketOf(mixHash(lanes[2 * i], lanes[2 * i + 1], high, low));
  return buckets;
}

/** Chi-square over equal bins as a z-score (Wilson and Hilferty 1931). */
function uniformity(buckets) {
  const counts = new Float64Array(BINS);
  for (const bucket of buckets) counts[Math.floor((bucket * BINS) / 100_000)] += 1;
  const expected = buckets.length / BINS;
  const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const df = BINS - 1;
  return (Math.cbrt(chi2 / df) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df));
}

/** How far two flags at 50 % agree beyond chance, as a z-score. */
function dependence(a, b) {
  let both = 0;
  for (let i = 0; i < a.length; i++) if (a[i] < 50_000 === b[i] < 50_000) both += 1;
  return Math.abs(2 * both - a.length) / Math.sqrt(a.length);
}

function lostFrom10To25(buckets) {
  let lost = 0;
  for (const bucket of buckets) if (bucket < 10_000 && !(bucket < 25_000)) lost += 1;
  return lost;
}

export function bucketingQuality() {
  const report = {};
  for (const [kind, idOf] of Object.entries({ sequential: (i) => `user-${i}`, uuid: () => randomUUID() })) {
    const lanes = hashes(idOf, IDS);
    const all = Array.from({ length: SALTS }, (_, salt) => bucketsOf(lanes, `flag-${salt}`));
    const largestUniformityZ = Math.max(...all.map(uniformity));
    const largestDependenceZ = Math.max(...all.slice(1).map((buckets, index) => dependence(all[index], buckets)));
    const lost = all.reduce((sum, buckets) => sum + lostFrom10To25(buckets), 0);
    report[kind] = {
      largestUniformityZ,
      largestDependenceZ,
      lost,
      passes: Math.max(largestUniformityZ, largestDependenceZ) < LARGEST_Z && lost === 0,
    };
  }
  const joint = new Set(Array.from(new BigUint64Array(hashes((i) => `user-${i}`, 4_000_000).buffer)));
  return { ...report, jointCollisions: 4_000_000 - joint.size };
}
