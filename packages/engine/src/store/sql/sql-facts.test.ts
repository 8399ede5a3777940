import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import { DEFAULT_SCOPE, type SubjectTotals, type UnitDelta } from '@sluice/core';
import SqliteFile from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { checkFactsAtOnce, checkFactsLaw } from './facts-law.testing.ts';
import { postgresStore } from './postgres-store.ts';
import { sqliteStore } from './sqlite-store.ts';

const IS_SOAK = process.env.SLUICE_SOAK === '1';

let directory: string;
let server: PostgresServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

let files = 0;
const sqlite = async (): Promise<() => Store> => {
  files += 1;
  const file = join(directory, `${files}.db`);
  return () => sqliteStore({ file });
};
const postgres = async (): Promise<() => Store> => {
  const url = await server.database();
  return () => postgresStore({ url, connections: 3 });
};

describe.each([
  ['SQLite', sqlite, IS_SOAK ? 2_000 : 60],
  ['PostgreSQL', postgres, IS_SOAK ? 200 : 6],
] as const)('facts in %s', (_name, database, numRuns) => {
  it('are what the memory store makes of the same batches', async () => {
    await checkFactsLaw(async () => {
      const open = await database();
      return [open(), open()];
    }, numRuns);
  }, 3_600_000);

  it('count every batch once, also where four processes send each of theirs twice at once', async () => {
    const open = await database();
    const stores = [open(), open(), open(), open()];
    await checkFactsAtOnce(stores);
    await Promise.all(stores.map((store) => store.close()));
  });
});

const reported = (unit: number, arm: string, sum: number, from = 6): UnitDelta => ({
  subject: 'test',
  unit: unit.toString(16).padStart(16, '0'),
  arm,
  firstExposureAt: 5,
  metrics: { m: { aggregation: 'sum', count: 1, sum, min: sum, max: sum, from } },
});

async function add(store: Store, instanceId: string, units: readonly UnitDelta[]): Promise<SubjectTotals> {
  await store.addFacts({ instanceId, seq: 1, scope: DEFAULT_SCOPE, tallies: [], units, observations: [] });
  return store.readTotals(DEFAULT_SCOPE, 'test');
}

describe.each([
  ['SQLite', sqlite],
  ['PostgreSQL', postgres],
] as const)('the sums of a subject in %s', (_name, database) => {
  it('are taken anew from all rows when a unit that dominated them leaves', async () => {
    const store = (await database())();
    const crowd = Array.from({ length: 6_000 }, (_, unit) => reported(unit, 'control', unit % 2));
    await add(store, 'one', [reported(9_999, 'control', 1e10)]);
    await add(store, 'two', crowd);
    const totals = await add(store, 'three', [reported(9_999, 'treatment', 1), reported(0, 'control', 1)]);
    // 3 001 ones among 6 000: n p (1 − p).
    expect(totals.arms.control?.metrics.m?.n).toBe(6_000);
    expect(totals.arms.control?.metrics.m?.m2).toBeCloseTo((3_001 * 2_999) / 6_000, 6);
    await store.close();
  });
});

it('goes on counting replaced values where another process left off', async () => {
  const open = await sqlite();
  await add(open(), 'one', [reported(1, 'control', 2), reported(2, 'control', 4)]);
  const raw = new SqliteFile(join(directory, `${files}.db`));
  const replaced = (): unknown => raw.prepare('select replaced from sluice_subjects').pluck().get();
  await add(open(), 'two', [reported(1, 'control', 2)]);
  expect(replaced()).toBe(1);
  raw.prepare('update sluice_subjects set replaced = 65535').run();
  await add(open(), 'three', [reported(2, 'control', 2)]);
  expect(replaced()).toBe(0);
  raw.close();
});
