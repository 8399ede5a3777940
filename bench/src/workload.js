/** The same flags, units and draws for every competitor: 500 W1, 250 W2 and 250 W3 flags, 131,072 distinct 36-character ids. */
import { createHash } from 'node:crypto';

export const FLAGS = 1_000;
export const UNITS = 131_072;
export const COUNTRIES = ['DE', 'FR', 'IT', 'ES', 'NL', 'BE', 'AT', 'PL', 'SE', 'DK'];

/**
 * @param {number} index
 * @returns {'W1' | 'W2' | 'W3'}
 */
export function kindOf(index) {
  if (index < FLAGS / 2) return 'W1';
  return index < (FLAGS * 3) / 4 ? 'W2' : 'W3';
}

/** As a program has it: the engine keeps the names in source code once each, and so does a property key. */
const NAMES = Object.keys(
  Object.fromEntries(Array.from({ length: FLAGS }, (_, index) => [`flag-${kindOf(index)}-${index}`, true])),
);

/** @param {number} index */
export const flagName = (index) => NAMES[index];

/** Which flags a workload asks for; W4 asks for all. */
export function flagsOf(workload) {
  return NAMES.filter((_, index) => workload.startsWith('W4') || kindOf(index) === workload);
}

/**
 * W4 of a competitor that answers one flag at a time: `bool` and `text` ask for a flag, each for the flags of its kind.
 * @param {(name: string, unit: object) => boolean} bool
 * @param {(name: string, unit: object) => string} text
 */
export function askEach(bool, text) {
  const [texts, bools] = [flagsOf('W3'), [...flagsOf('W1'), ...flagsOf('W2')]];
  return (unit) => {
    let on = 0;
    for (const name of bools) if (bool(name, unit)) on += 1;
    for (const name of texts) if (text(name, unit) === 'a') on += 1;
    return on;
  };
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
