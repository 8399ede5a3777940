import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BreakGlassToken } from './break-glass-token.ts';

let folder: string;
let path: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  path = join(folder, 'data', 'break-glass.token');
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const say = (...said: unknown[]): void => void lines.push(JSON.stringify(said));
const log = { info: say, warn: say, error: say } as never;
const kept = (): string => readFileSync(path, 'utf8').trim();

it('is made at the first start for its owner alone, kept over the next, and told in no log', () => {
  const first = new BreakGlassToken(path, log);
  const secret = kept();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(secret).toMatch(/^sl_breakglass_[\w-]{43}$/);
  expect([first.isToken(secret), new BreakGlassToken(path, log).isToken(secret)]).toEqual([true, true]);
  expect(lines.join()).toContain(path);
  expect(lines.join()).not.toContain(secret);
});

it('is nothing else: no part of it, nothing longer, nothing empty', () => {
  const token = new BreakGlassToken(path, log);
  const secret = kept();
  for (const other of ['', secret.slice(0, -1), `${secret}x`, secret.toUpperCase(), 'undefined'])
    expect(token.isToken(other)).toBe(false);
});

it('is taken back by deleting the file, without a restart', () => {
  const token = new BreakGlassToken(path, log);
  const before = kept();
  rmSync(path);
  expect(token.isToken(before)).toBe(false);
  expect(kept()).not.toBe(before);
  expect(token.isToken(kept())).toBe(true);
});

it('is taken back also where no other can be made', () => {
  const token = new BreakGlassToken(path, log);
  const before = kept();
  rmSync(join(folder, 'data'), { recursive: true });
  symlinkSync('/proc/none/none', join(folder, 'data'));
  expect(token.isToken(before)).toBe(false);
  expect(lines.at(-1)).toContain('there is no break-glass token');
});

it('may be one that replicas share, and goes with its file', () => {
  new BreakGlassToken(path, log);
  const token = new BreakGlassToken(path, log);
  writeFileSync(path, `${'shared'.repeat(6)}\n`);
  expect(token.isToken('shared'.repeat(6))).toBe(true);
});

it('is what it was while its file cannot be read', () => {
  const token = new BreakGlassToken(path, log);
  const secret = kept();
  rmSync(join(folder, 'data'), { recursive: true });
  // A disk that answers neither that the file is there nor that it is not.
  writeFileSync(join(folder, 'data'), '');
  expect(token.isToken(secret)).toBe(true);
  expect(lines.at(-1)).toContain('the break-glass token is what it was');
});

it('stops the start where it could be guessed', () => {
  new BreakGlassToken(path, log);
  for (const weak of ['', 'short', `${'a'.repeat(20)} ${'b'.repeat(20)}`]) {
    writeFileSync(path, weak);
    expect(() => new BreakGlassToken(path, log)).toThrow('must hold 32 or more printable characters');
  }
});

it('is nobody’s where it can neither be read nor made, and that is said', () => {
  writeFileSync(join(folder, 'data'), '');
  const token = new BreakGlassToken(path, log);
  expect([token.isToken(''), token.isToken('x')]).toEqual([false, false]);
  expect(lines[0]).toContain('there is no break-glass token');
});
