import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareFilePlaces } from './file-places.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  file = join(folder, 'file');
  writeFileSync(file, '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const prepare = (changes: Partial<Settings>) => () =>
  prepareFilePlaces({ ...DEFAULT_SETTINGS, dataFolder: join(folder, 'data'), ...changes });

it('makes the folders that are not there, for their owner alone, and no file', () => {
  const [token, journal] = [join(folder, 'a', 'b', 'token'), join(folder, 'c', 'journal')];
  const places = { breakGlassTokenFile: token, breakGlassJournal: journal };
  prepare(places)();
  prepare(places)();
  for (const made of ['data', 'a', 'a/b', 'c']) expect(statSync(join(folder, made)).mode & 0o777).toBe(0o700);
  expect([readdirSync(join(folder, 'a', 'b')), readdirSync(join(folder, 'c'))]).toEqual([[], []]);
});

it('names the variable, its value and what would be right where a folder can neither be written nor made', () => {
  for (const dataFolder of ['/proc/none', '/proc/none/none', file, join(file, 'data')])
    expect(prepare({ dataFolder })).toThrow(
      `settings: SLUICE_DATA must be a folder to write in, or a path where one can be made; it is "${dataFolder}", and E`,
    );
});

it('names what cannot be a file of the break-glass token, or of its journal, and both at once', () => {
  mkdirSync(join(folder, 'taken'));
  for (const wrong of ['/proc/none/none', join(folder, 'taken'), join(file, 'x')]) {
    const both = prepare({ breakGlassTokenFile: wrong, breakGlassJournal: wrong });
    expect(both).toThrow(
      `SLUICE_BREAK_GLASS_TOKEN_FILE must be a file that can be read, or a path where one can be made; it is "${wrong}", and `,
    );
    expect(both).toThrow(
      `SLUICE_BREAK_GLASS_JOURNAL must be a file to write in, or a path where one can be made; it is "${wrong}", and `,
    );
  }
});
