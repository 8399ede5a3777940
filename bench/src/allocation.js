/** Prints the bytes that one call of each kind leaves on the heap. */
import { makeSluice } from './sluice-flags.js';
import { flagsOf, makeUnits } from './workload.js';

const CALLS = 200_000;
const competitor = await makeSluice(makeUnits().slice(0, 4096));
const { flags, units } = competitor;
const [w1, w2] = [flagsOf('W1'), flagsOf('W2')];

function bytes(call) {
  for (let i = 0; i < CALLS; i++) call(i);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < CALLS; i++) call(i);
  return Math.max(0, (process.memoryUsage().heapUsed - before) / CALLS);
}

const isEnabled = bytes((i) => flags.isEnabled(w1[i % 500], units[i & 4095]));
const isEnabledWithConditions = bytes((i) => flags.isEnabled(w2[i % 250], units[i & 4095]));
const evaluate = bytes((i) => flags.evaluate(w1[i % 500], units[i & 4095], false));
process.stdout.write(JSON.stringify({ isEnabled, isEnabledWithConditions, evaluate }));
process.exit(0);
