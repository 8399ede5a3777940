/** What no library can beat by much: a Map, a Murmur3 of the key seeded per flag, one comparison, no details. */
import { COUNTRIES, FLAGS, flagName, kindOf } from './workload.js';

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

const below = (share) => Math.floor(share * 2 ** 32) - 2 ** 31;

export function makeRawLimit(units) {
  const countries = new Set(COUNTRIES);
  const flags = new Map(
    Array.from({ length: FLAGS }, (_, index) => [
      flagName(index),
      { seed: Math.imul(index + 1, 2654435761), kind: kindOf(index) },
    ]),
  );
  const [tenth, quarter, third, twoThirds] = [below(0.1), below(0.25), below(1 / 3), below(2 / 3)];
  const ask = (name, unit) => {
    const flag = flags.get(name);
    if (flag.kind === 'W1') return murmur3(unit.id, flag.seed) < tenth;
    if (flag.kind === 'W2') return countries.has(unit.country) && unit.plan === 'pro' && murmur3(unit.id, flag.seed) < quarter;
    const h = murmur3(unit.id, flag.seed);
    return h < third ? 'a' : h < twoThirds ? 'b' : 'c';
  };
  const all = (unit) => {
    let on = 0;
    for (const name of flags.keys()) if (ask(name, unit)) on += 1;
    return on;
  };
  return { units, W1: ask, W2: ask, W3: ask, W4: all };
}
