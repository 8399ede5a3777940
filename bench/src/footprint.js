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

/** Median of five fresh processes over fresh files: milliseconds from construction to the first answer, and heap in megabytes. */
export function loadOf() {
  const runs = Array.from({ length: 5 }, () => {
    const file = writeFlagFile(10_000);
    const run = JSON.parse(execFileSync(process.execPath, ['--expose-gc', script('./load.js'), file], { encoding: 'utf8' }));
    rmSync(dirname(file), { recursive: true });
    return run;
  });
  const median = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[2];
  return { readyMs: median('readyMs'), heapMb: median('heapMb') };
}

/** 10,000 flags and 1,000 segments, one of 100,000 members: loaded, asked and saved by a fresh process. */
export async function segmentsOf() {
  const file = await writeSegmentWorld();
  const report = execFileSync(process.execPath, ['--expose-gc', script('./segments.js'), file], { encoding: 'utf8' });
  rmSync(dirname(file), { recursive: true });
  return JSON.parse(report);
}
