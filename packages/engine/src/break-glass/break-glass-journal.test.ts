import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, type Emergency } from '@sluice/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CHAIN_START, sealLine } from '../store/journal-line.ts';
import { BreakGlassJournal } from './break-glass-journal.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  path = join(directory, 'deep', 'flags.json.breakglass');
});
afterEach(() => rm(directory, { recursive: true }));

function emergency(id: string): Emergency {
  return { id, scope: DEFAULT_SCOPE, key: 'f', act: { type: 'kill' }, at: 1, seq: 0, actor: 'ann', reason: 'ä\n"' };
}

function ids(): string[] {
  return new BreakGlassJournal(path)
    .read()
    .emergencies.map(({ id }) => id)
    .sort();
}

it('gives back what was kept, in a directory that was not there', async () => {
  const journal = new BreakGlassJournal(path);
  expect(journal.read()).toEqual({ emergencies: [], problems: [] });
  const excluded: Emergency = { ...emergency('b'), act: { type: 'exclude', userIds: ['u'] } };
  await journal.append(emergency('a'));
  await journal.append(excluded);
  expect(journal.read()).toEqual({ emergencies: [emergency('a'), excluded], problems: [] });
});

it('loses only the line that was cut off, at whichever byte, and tells of it', async () => {
  const journal = new BreakGlassJournal(path);
  await journal.append(emergency('a'));
  const { line } = sealLine(emergency('torn'), CHAIN_START);
  const whole = await readFile(path, 'utf8');
  for (let cut = 1; cut < line.length - 1; cut += 7) {
    await writeFile(path, `${whole}\n${line.slice(0, cut)}`);
    await journal.append(emergency('c'));
    expect(ids(), `cut at ${cut}`).toEqual(['a', 'c']);
    expect(journal.read().problems[0]?.message).toMatch(/flags\.json\.breakglass:\d+: the line is damaged/);
  }
});

it('names a line that is whole and says something else, and keeps it', async () => {
  const journal = new BreakGlassJournal(path);
  await journal.append(emergency('a'));
  await appendFile(path, sealLine({ ...emergency('x'), act: { type: 'explode' } }, CHAIN_START).line);
  expect(journal.read().problems[0]?.message).toContain('act must be { type: kill }');
  await journal.remove(new Set(['a']));
  expect(ids()).toEqual([]);
  expect(await readFile(path, 'utf8')).toContain('explode');
});

it('takes out what is settled, keeps what others put there, and leaves no file when nothing is left', async () => {
  const journal = new BreakGlassJournal(path);
  for (const id of ['a', 'b', 'c']) await journal.append(emergency(id));
  await journal.remove(new Set(['a', 'c', 'unknown']));
  expect(ids()).toEqual(['b']);
  await journal.remove(new Set(['b']));
  expect(await readdir(join(directory, 'deep'))).toEqual([]);
});

it('finds what a process had renamed to clear it when it died', async () => {
  const journal = new BreakGlassJournal(path);
  await journal.append(emergency('a'));
  await rename(path, `${path}.0b6f`);
  await journal.append(emergency('b'));
  expect(ids()).toEqual(['a', 'b']);
  await journal.remove(new Set(['b']));
  expect(ids()).toEqual(['a']);
});

it('loses nothing when some add while others clear', async () => {
  const settled = new Set(Array.from({ length: 200 }, (_, i) => `s${i}`));
  const clearing = new BreakGlassJournal(path);
  let isDone = false;
  const clear = async (): Promise<void> => {
    while (!isDone) {
      await clearing.remove(settled);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const add = async (name: string): Promise<void> => {
    const journal = new BreakGlassJournal(path);
    for (let i = 0; i < 50; i++) {
      await journal.append(emergency(`${name}${i}`));
      await journal.append(emergency(`s${i}`));
    }
  };
  const clearers = [clear(), clear()];
  await Promise.all(['x', 'y'].map(add));
  isDone = true;
  await Promise.all(clearers);
  await clearing.remove(settled);
  expect(ids()).toEqual(['x', 'y'].flatMap((name) => Array.from({ length: 50 }, (_, i) => `${name}${i}`)).sort());
});
