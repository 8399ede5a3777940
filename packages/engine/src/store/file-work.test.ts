import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ensureDirectory } from './file-work.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

it('makes a directory with those that it stands in, also for several at once, and is content with one that is there', async () => {
  const deep = join(folder(), 'a', 'b', 'c');
  await Promise.all([ensureDirectory(deep), ensureDirectory(deep), ensureDirectory(join(deep, 'd'))]);
  await ensureDirectory(deep);
  expect(statSync(join(deep, 'd')).isDirectory()).toBe(true);
});

it('ends with an error where no directory can be made', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  await expect(ensureDirectory(file)).rejects.toThrow('EEXIST');
  await expect(ensureDirectory(join(file, 'a'))).rejects.toThrow('ENOTDIR');
  await expect(ensureDirectory('/proc/none/none')).rejects.toThrow(/none/);
});
