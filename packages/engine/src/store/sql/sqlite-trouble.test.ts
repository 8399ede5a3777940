/** What the disk, and other processes on the same file, can do to a store. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeOf, flagAt } from '@sluice/conformance';
import SqliteFile from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Store } from '../store.ts';
import { SqliteDialect } from './sqlite-dialect.ts';
import { sqliteStore } from './sqlite-store.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-'));
  file = join(directory, 'sluice.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(path = file): Store {
  const store = sqliteStore({ file: path, onProblem: () => {} });
  onTestFinished(() => store.close());
  return store;
}

it('forces every commit to the disk: in WAL mode, SQLite by itself does not', async () => {
  const database = await new SqliteDialect(file).open();
  const setting = async (name: string): Promise<unknown> =>
    Object.values((await sql.raw(`pragma ${name}`).execute(database)).rows[0] ?? {})[0];
  expect(await Promise.all(['journal_mode', 'synchronous', 'foreign_keys'].map(setting))).toEqual(['wal', 2, 1]);
  await database.destroy();
});

it('waits for another process that writes, and this process goes on meanwhile', async () => {
  const store = open();
  await store.read();
  const other = new SqliteFile(file);
  other.exec('begin immediate');
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
  }, 10);
  let isCommitted = false;
  const committing = store.commit(changeOf(flagAt('a', 1))).finally(() => {
    isCommitted = true;
  });
  await expect.poll(() => ticks).toBeGreaterThan(5);
  expect(isCommitted).toBe(false);
  other.exec('rollback');
  other.close();
  await committing;
  clearInterval(ticking);
});

it('says within seconds that another process never ends its writing, and goes on when it has', async () => {
  const store = open();
  await store.read();
  const other = new SqliteFile(file);
  other.exec('begin immediate');
  await expect(store.commit(changeOf(flagAt('a', 1)))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('database is locked'),
  });
  expect((await store.read()).records).toEqual([]);
  other.close();
  await store.commit(changeOf(flagAt('a', 1)));
});

it('names the file that is no database, and opens it when it is mended', async () => {
  writeFileSync(file, 'this is no database, but it is long enough to have a header of one '.repeat(10));
  const store = open();
  await expect(store.read()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(file) });
  rmSync(file);
  await store.commit(changeOf(flagAt('a', 1)));
});

it('does not begin where it cannot make its file', async () => {
  writeFileSync(join(directory, 'taken'), '');
  await expect(open(join(directory, 'taken', 'sluice.db')).read()).rejects.toMatchObject({ code: 'unavailable' });
  for (const path of ['', ':memory:', 7 as unknown as string])
    expect(() => sqliteStore({ file: path })).toThrow(expect.objectContaining({ code: 'invalid' }));
});

it('finishes what is under way before it closes, and takes nothing more', async () => {
  const store = open();
  const commits = Array.from({ length: 10 }, (_, index) => store.commit(changeOf(flagAt(`f${index}`, 1))));
  await store.close();
  expect((await Promise.all(commits)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  await expect(store.commit(changeOf(flagAt('g', 1)))).rejects.toMatchObject({ code: 'unavailable' });
  expect((await open().read()).records).toHaveLength(10);
});

it('keeps nothing of a commit of which one part cannot be kept', async () => {
  const store = open();
  await store.read();
  const raw = new SqliteFile(file);
  raw.exec("create trigger full before insert on sluice_commits begin select raise(abort, 'the disk is full'); end");
  await expect(store.commit(changeOf(flagAt('a', 1)))).rejects.toMatchObject({ code: 'unavailable' });
  for (const table of ['records', 'events', 'commits'])
    expect(raw.prepare(`select count(*) from sluice_${table}`).pluck().get()).toBe(0);
  raw.exec('drop trigger full');
  raw.close();
  expect(await store.commit(changeOf(flagAt('a', 1)))).toMatchObject({ seq: 1 });
});
