import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkFolder } from './check-folder.ts';

const OWN = resolve(import.meta.dirname, '../../statistics');
let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vectors-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));
const check = (of = folder): boolean => checkFolder(of, (line) => lines.push(line));

it('a line a family, and the sum last', () => {
  copyFileSync(join(OWN, 'welch.json'), join(folder, 'welch.json'));
  copyFileSync(join(OWN, 'cuped.json'), join(folder, 'cuped.json'));
  writeFileSync(join(folder, 'others.json'), '{}');
  mkdirSync(join(folder, 'nested'));
  expect(check()).toBe(true);
  expect(lines).toEqual([
    'cuped: 10 passed, 0 failed',
    'others.json: no vectors of a known family, left out',
    'welch: 40 passed, 0 failed',
    '50 passed, 0 failed',
  ]);
});

it('a file that is no JSON is a failure, and a folder without vectors is none that passed', () => {
  copyFileSync(join(OWN, 'cuped.json'), join(folder, 'cuped.json'));
  writeFileSync(join(folder, 'broken.json'), '{');
  expect(check()).toBe(false);
  expect(lines.at(-1)).toBe('10 passed, 1 failed');
  rmSync(join(folder, 'cuped.json'));
  rmSync(join(folder, 'broken.json'));
  lines = [];
  expect([check(), lines]).toEqual([false, [`there is no .json file in ${folder}`, '0 passed, 0 failed']]);
});

it('a folder that is not there is named, and the sum still stands last', () => {
  const missing = join(folder, 'missing');
  expect(check(missing)).toBe(false);
  expect(lines).toEqual([expect.stringContaining(`${missing} cannot be read as a folder`), '0 passed, 0 failed']);
});
