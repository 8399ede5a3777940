import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { createSluice } from 'sluice';
import { sqliteStore } from 'sluice/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ForgetfulDisk, readTrace, type TracedCall } from './forgetful-disk.testing.ts';

const SOAK = process.env.SLUICE_SOAK === '1';
const WRITES = SOAK ? 1500 : 250;
const CUTS = SOAK ? 2000 : 60;

const room = mkdtempSync(join(tmpdir(), 'sluice-power-cut-'));
const tracer = join(room, 'io-trace.so');

beforeAll(() => {
  if (process.platform !== 'linux') return;
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', tracer, join(import.meta.dirname, 'io-trace.c'), '-ldl']);
});
afterAll(() => rmSync(room, { recursive: true }));

/** What a writer that was killed at its end had asked of the disk. */
function traceOf(level: string): { readonly calls: readonly TracedCall[]; readonly directory: string } {
  const directory = join(room, level);
  mkdirSync(directory);
  const trace = `${directory}.trace`;
  const environment = { ...process.env, LD_PRELOAD: tracer, IO_TRACE_DIR: directory, IO_TRACE_FILE: trace };
  const writer = join(import.meta.dirname, 'writer.mjs');
  const { signal, stderr } = spawnSync(process.execPath, [writer, directory, String(WRITES), level], { env: environment });
  expect([signal, stderr.toString()]).toEqual(['SIGKILL', '']);
  return { calls: readTrace(readFileSync(trace)), directory };
}

function seededGenerator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Cut {
  readonly acknowledged: number;
  readonly kept: number;
  readonly integrity: unknown;
  /** Whether the log has every place once, and each kept flag the event of its last change. */
  readonly isLogWhole: boolean;
}

/** Cuts the power at places spread over the trace and looks at what a database opened on the remains has. */
async function cutsOf(level: string, count: number): Promise<Cut[]> {
  const { calls, directory } = traceOf(level);
  const random = seededGenerator(20261125);
  const disk = new ForgetfulDisk();
  const cuts: Cut[] = [];
  const every = calls.length / count;
  for (const [index, call] of calls.entries()) {
    disk.take(call);
    if (Math.floor(index / every) === Math.floor((index - 1) / every)) continue;
    const acknowledged = new TextDecoder().decode(disk.written(join(directory, 'acknowledged'))).split('\n').length - 1;
    // Half of the cuts lose all that was not forced, the others some sectors of it.
    const keptPart = random() < 0.5 ? 0 : random();
    const remains = disk.afterCut(directory, () => random() < keptPart);
    cuts.push({ acknowledged: Math.max(0, acknowledged), ...(await opened(join(room, `${level}-cut`), remains)) });
  }
  return cuts;
}

async function opened(directory: string, remains: ReadonlyMap<string, Uint8Array>): Promise<Omit<Cut, 'acknowledged'>> {
  mkdirSync(directory);
  for (const [name, content] of remains) if (!name.endsWith('-shm')) writeFileSync(join(directory, name), content);
  const file = join(directory, 'sluice.db');
  const sluice = createSluice({ store: sqliteStore({ file }) });
  await sluice.ready;
  const { store, view } = sluice.flags.runtime;
  const log = await store.log({ scope: view.scope, limit: 1000 });
  const last = new Map(log.map((event) => [event.key, event.record.revision]));
  const flags = sluice.flags.listFlags();
  const kept = Math.max(0, ...flags.map(({ description }) => Number.parseInt(description ?? '0', 10)));
  const isLogWhole =
    log.every((event, index) => event.seq === index + 1) && flags.every((flag) => SOAK || last.get(flag.name) === flag.revision);
  await sluice.close();
  const database = new SqliteFile(file);
  const integrity = database.pragma('integrity_check', { simple: true });
  database.close();
  rmSync(directory, { recursive: true });
  return { kept, integrity, isLogWhole };
}

// The calls of a process can be written down like this on Linux alone.
describe.skipIf(process.platform !== 'linux')('a power cut under SQLite', () => {
  it(`loses nothing that was acknowledged, wherever it comes (${CUTS} cuts of ${WRITES} writes)`, {
    timeout: CUTS * 5_000,
  }, async () => {
    const cuts = await cutsOf('FULL', CUTS);
    expect(cuts.filter(({ kept, acknowledged }) => kept < acknowledged)).toEqual([]);
    expect(cuts.filter(({ integrity, isLogWhole }) => integrity !== 'ok' || !isLogWhole)).toEqual([]);
    expect(cuts.at(-1)?.acknowledged).toBeGreaterThan(WRITES * 0.9);
  });

  it('is seen by this test: a database that forces its log only now and then loses acknowledged writes', async () => {
    const cuts = await cutsOf('NORMAL', 10);
    expect(cuts.filter(({ kept, acknowledged }) => kept < acknowledged).length).toBeGreaterThan(0);
  });
});
