/** What an evaluation allocates, and what 10,000 flags and 1,000 segments cost to load and to keep, each in a fresh process. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeSegmentWorld } from './segment-world.js';
import { writeFlagFile } from './sluice-flags.js';

const script = (name) => new URL(name, import.meta.url).pathname;

/** Bytes per call. */
export function allocationOf() {
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', script('./allocation.js')], { encoding: 'utf8' }));
}

const median = (runs, key) => runs.map((run) => run[key]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
const MEASURES = ['readyMs', 'readyCpuMs', 'heapMb'];

/**
 * Medians of five rounds, each in fresh processes over a fresh file: milliseconds from construction to the first answer, on the wall and of the
 * processor, and heap in megabytes. `first` takes the file in, `restart` finds its journal, `parse` reads the file as JSON and does no more.
 */
export function loadOf() {
  const runs = { parse: [], first: [], restart: [] };
  for (let round = 0; round < 5; round++) {
    const file = writeFlagFile(10_000);
    for (const mode of Object.keys(runs)) {
      const report = execFileSync(process.execPath, ['--expose-gc', script('./load.js'), file, mode], { encoding: 'utf8' });
      runs[mode].push(JSON.parse(report));
    }
    rmSync(dirname(file), { recursive: true });
  }
  const mediansOf = (mode) => Object.fromEntries(MEASURES.map((key) => [key, median(runs[mode], key)]));
  return { parse: mediansOf('parse'), first: mediansOf('first'), restart: mediansOf('restart') };
}

/** 10,000 flags and 1,000 segments, one of 100,000 members: loaded, asked and saved by a fresh process. */
export async function segmentsOf() {
  const file = await writeSegmentWorld();
  const report = execFileSync(process.execPath, ['--expose-gc', script('./segments.js'), file], { encoding: 'utf8' });
  rmSync(dirname(file), { recursive: true });
  return JSON.parse(report);
}
