/** What no library can beat by much: a Map, a Murmur3 of the key seeded per flag, one comparison, no details. */
import { COUNTRIES, FLAGS, flagName, kindOf } from './workload.js';

/** MurmurHash3_x86_32 of an ASCII text as a signed integer. */
function murmur3(key, seed) {
  let h = seed;
  const whole = key.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = key.charCodeAt(i) | (key.charCodeAt(i + 1) << 8) | (key.charCodeAt(i + 2) << 16) | (key.charCodeAt(i + 3) << 24);
    k = Math.imul(k, 0xcc9e2d51);
    h ^= Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = whole; i < key.length; i++) tail |= key.charCodeAt(i) << ((i & 3) << 3);
  tail = Math.imul(tail, 0xcc9e2d51);
  h ^= Math.imul((tail << 15) | (tail >>> 17), 0x1b873593) ^ key.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** The first signed hash that is out. */
const below = (share) => Math.floor(share * 2 ** 32) - 2 ** 31;
const [TENTH, QUARTER, THIRD, TWO_THIRDS] = [below(0.1), below(0.25), below(1 / 3), below(2 / 3)];
const countries = new Set(COUNTRIES);

const isTenth = (unit, seed) => murmur3(unit.id, seed) < TENTH;
const isPro = (unit, seed) => countries.has(unit.country) && unit.plan === 'pro' && murmur3(unit.id, seed) < QUARTER;
const third = (unit, seed) => {
  const h = murmur3(unit.id, seed);
  return h < THIRD ? 'a' : h < TWO_THIRDS ? 'b' : 'c';
};

export function makeRawLimit(units) {
  const all = Array.from({ length: FLAGS }, (_, index) => ({ seed: Math.imul(index + 1, 2654435761), kind: kindOf(index) }));
  const flags = new Map(all.map((flag, index) => [flagName(index), flag]));
  const [tenths, pros, thirds] = ['W1', 'W2', 'W3'].map((kind) => all.filter((flag) => flag.kind === kind));
  return {
    units,
    W1: (name, unit) => isTenth(unit, flags.get(name).seed),
    W2: (name, unit) => isPro(unit, flags.get(name).seed),
    W3: (name, unit) => third(unit, flags.get(name).seed),
    W4: (unit) => {
      let on = 0;
      for (const flag of tenths) if (isTenth(unit, flag.seed)) on += 1;
      for (const flag of pros) if (isPro(unit, flag.seed)) on += 1;
      for (const flag of thirds) if (third(unit, flag.seed) === 'a') on += 1;
      return on;
    },
  };
}
