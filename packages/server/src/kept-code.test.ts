/** The program as it is published, and what V8 made of it at an earlier start. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const SERVER = join(import.meta.dirname, '..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-code-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Loaded {
  readonly exported: string[];
  /** Null where there was no code. */
  readonly isRejected: boolean | null;
  readonly answer: unknown;
}

/** In a process of its own, by the `load-program.js` of this folder. */
function loaded(from: string, file: string): Loaded {
  const code = `
    const { loadProgram } = await import(${JSON.stringify(pathToFileURL(join(from, 'load-program.js')).href)});
    const { program, script } = loadProgram(${JSON.stringify(file)});
    const isRejected = script.cachedDataRejected ?? null;
    const answer = program.answer?.();
    console.log(JSON.stringify({ exported: Object.keys(program), isRejected, answer }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Loaded;
}

it('of the server stands beside it, and is taken', () => {
  const bundle = join(SERVER, 'bundle');
  const programs = readdirSync(bundle).filter((name) => name.endsWith('.cjs'));
  expect(programs.length).toBe(1);
  const { exported, isRejected } = loaded(bundle, programs[0] as string);
  expect(isRejected).toBe(false);
  expect(exported.sort()).toEqual(['SluiceError', 'readSettings', 'runServer', 'serverLog', 'startServer']);
});

it('is not needed: without it, and with something else in its place, a program runs as it stands', () => {
  copyFileSync(join(SERVER, 'load-program.js'), join(folder, 'load-program.js'));
  const text = "exports.answer = () => [require('node:path').basename(__filename), 'ü'.length];";
  writeFileSync(join(folder, 'a.cjs'), text.replace('ü', '\\u00fc'));
  const answer = ['a.cjs', 1];
  expect(loaded(folder, 'a.cjs')).toMatchObject({ isRejected: null, answer });
  for (const code of ['', 'nothing of V8', 'x'.repeat(100_000)]) {
    writeFileSync(join(folder, 'a.cjs.code'), code);
    expect(loaded(folder, 'a.cjs')).toMatchObject({ isRejected: true, answer });
  }
});
