import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice } from 'sluice';
import { expect, it } from 'vitest';

/** Longer than a lock may go without renewal, so that the others take it from who sleeps. */
const SLEEP_MS = 2_600;
const SLEEPS = process.env.SLUICE_SOAK === '1' ? 60 : 4;
const WRITER = join(import.meta.dirname, 'sleeping-writer.mjs');

interface Writer {
  readonly child: ChildProcess;
  /** The last write of each flag that was acknowledged. */
  readonly acknowledged: Map<string, number>;
  readonly failures: string[];
  said: number;
}

function startWriter(file: string, name: string): Writer {
  const child = spawn(process.execPath, [WRITER, file, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const writer: Writer = { child, acknowledged: new Map(), failures: [], said: 0 };
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { flag, write, failed, problem } = JSON.parse(line) as Record<string, string> & { write: number };
      writer.said += 1;
      if (failed !== undefined || problem !== undefined) writer.failures.push(failed ?? problem ?? '');
      else writer.acknowledged.set(flag ?? '', write);
    }
  });
  return writer;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(10);
}

it(
  `loses no acknowledged write while three processes write and are put to sleep ${SLEEPS} times beyond their lock`,
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-'));
    const file = join(directory, 'feature_flags.json');
    const writers = ['a', 'b', 'c'].map((name) => startWriter(file, name));
    await until(() => writers.every(({ said }) => said > 0));
    let random = 20261125;
    for (let sleep = 0; sleep < SLEEPS; sleep++) {
      const sleeper = writers[sleep % writers.length];
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      await wait(random % 40);
      sleeper?.child.kill('SIGSTOP');
      await wait(SLEEP_MS);
      sleeper?.child.kill('SIGCONT');
      const before = sleeper?.said ?? 0;
      await until(() => (sleeper?.said ?? 0) > before);
    }
    const ends = writers.map(({ child }) => new Promise((resolve) => child.on('close', resolve)));
    for (const { child } of writers) child.kill('SIGTERM');
    await Promise.all(ends);
    expect(writers.flatMap(({ failures }) => failures)).toEqual([]);
    const sluice = createSluice({ file });
    const entries = (JSON.parse(readFileSync(file, 'utf8')) as { flags: { name: string; description: string }[] }).flags;
    for (const { acknowledged } of writers) {
      expect(acknowledged.size).toBeGreaterThan(0);
      for (const [flag, write] of acknowledged) {
        expect(Number(sluice.flags.getFlag(flag)?.description), flag).toBe(write);
        expect(entries.find(({ name }) => name === flag)?.description, flag).toBe(String(write));
      }
    }
    const { store, view } = sluice.flags.runtime;
    const newest = await store.log({ scope: view.scope, newestFirst: true, limit: 1000 });
    expect(newest.map(({ seq }) => seq)).toEqual(newest.map((_, index) => (newest[0]?.seq ?? 0) - index));
    expect(new Set(newest.map(({ actor }) => actor))).toEqual(new Set(['local']));
    await sluice.close();
    await rm(directory, { recursive: true });
  },
  SLEEPS * 15_000 + 60_000,
);
