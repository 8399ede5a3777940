/** The same flags, units and draws for every competitor: 500 W1, 250 W2 and 250 W3 flags, 131,072 distinct 36-character ids. */
import { createHash } from 'node:crypto';

export const FLAGS = 1_000;
export const UNITS = 131_072;
export const COUNTRIES = ['DE', 'FR', 'IT', 'ES', 'NL', 'BE', 'AT', 'PL', 'SE', 'DK'];

/** @returns {'W1' | 'W2' | 'W3'} */
export function kindOf(index) {
  if (index < FLAGS / 2) return 'W1';
  return index < (FLAGS * 3) / 4 ? 'W2' : 'W3';
}

export const flagName = (index) => `flag-${kindOf(index)}-${index}`;

/** Which flags a workload asks for; W4 asks for all. */
export function flagsOf(workload) {
  const all = Array.from({ length: FLAGS }, (_, index) => index);
  return (workload === 'W4' ? all : all.filter((index) => kindOf(index) === workload)).map(flagName);
}

function uuid(index) {
  const hex = createHash('md5').update(String(index)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Ids with attributes such that two thirds match W2. */
export function makeUnits() {
  return Array.from({ length: UNITS }, (_, index) => ({
    id: uuid(index),
    country: index % 6 === 5 ? 'US' : (COUNTRIES[index % COUNTRIES.length] ?? 'DE'),
    plan: index % 5 === 4 ? 'free' : 'pro',
  }));
}

/** Numbers from 0 to below `below`, the same in every process. */
export function makeDraws(count, below, seed) {
  const draws = new Int32Array(count);
  let state = seed;
  for (let index = 0; index < count; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    draws[index] = Math.floor((state / 2 ** 32) * below);
  }
  return draws;
}
