/** Processes that are killed while they write into one SQLite database. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, type Flag, type LoggedEvent } from '@sluice/core';
import SqliteFile from 'better-sqlite3';
import { sqliteStore } from 'sluice/sqlite';
import { expect, it } from 'vitest';

const ROUNDS = process.env.SLUICE_SOAK === '1' ? 500 : 12;
const WRITER = join(import.meta.dirname, 'sqlite-writer.mjs');

interface Acknowledged {
  readonly name: string;
  readonly description: string;
}

/** Lets a writer live for `ms` after its first acknowledgement, kills it, and answers all that it had acknowledged. */
async function live(file: string, life: number, ms: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [WRITER, file, String(life)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, failed] = ['', ''];
  let isDying = false;
  child.stderr.on('data', (chunk: Buffer) => {
    failed += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (isDying) return;
    isDying = true;
    setTimeout(() => child.kill('SIGKILL'), ms);
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
  expect([failed, signal], `life ${life}`).toEqual(['', 'SIGKILL']);
  return said
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Acknowledged);
}

async function wholeLog(file: string): Promise<{ readonly log: readonly LoggedEvent[]; readonly flags: readonly Flag[] }> {
  const store = sqliteStore({ file });
  const { records } = await store.read();
  const log: LoggedEvent[] = [];
  for (let isMore = true; isMore; ) {
    const page = await store.log({ scope: DEFAULT_SCOPE, after: log.length, limit: 1_000 });
    log.push(...page);
    isMore = page.length > 0;
  }
  await store.close();
  return { log, flags: records.filter((record) => record.kind === 'flag') };
}

it(
  `loses no acknowledged write and no event of one over ${ROUNDS} kills at random`,
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-'));
    const file = join(directory, 'sluice.db');
    const acknowledged: Acknowledged[] = [];
    let random = 20261125;
    for (let life = 1; life <= ROUNDS; life++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      acknowledged.push(...(await live(file, life, random % 250)));
      const raw = new SqliteFile(file);
      expect(raw.pragma('integrity_check', { simple: true }), `life ${life}`).toBe('ok');
      raw.close();
    }
    const { log, flags } = await wholeLog(file);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    const told = new Set(log.map(({ key, record }) => `${key} ${(record as Flag).description}`));
    expect(acknowledged.filter(({ name, description }) => !told.has(`${name} ${description}`))).toEqual([]);
    for (const flag of flags) expect(log.findLast(({ key }) => key === flag.key)?.record).toEqual(flag);
    expect(flags).toHaveLength(7);
    await rm(directory, { recursive: true });
  },
  ROUNDS * 15_000,
);
