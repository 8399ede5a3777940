import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SluiceError } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from '../feature-flag-manager.ts';
import { fileStore } from './file-store.ts';

const LIMIT = 4_096;
let directory: string;
let file: string;
const open: FeatureFlagManager[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-size-'));
  file = join(directory, 'flags.json');
});
afterEach(async () => {
  for (const flags of open.splice(0)) await flags.close();
  rmSync(directory, { recursive: true });
});

function start(maxFileBytes: number = LIMIT): { readonly flags: FeatureFlagManager; readonly problems: SluiceError[] } {
  const problems: SluiceError[] = [];
  const store = fileStore(file, { watch: false, maxFileBytes, onProblem: (problem) => problems.push(problem) });
  const flags = new FeatureFlagManager({ store });
  open.push(flags);
  return { flags, problems };
}

const users = (count: number): string[] => Array.from({ length: count }, (_, index) => `user-${index}`);
const fileOf = (...enabled: string[]): string =>
  JSON.stringify({ flags: [{ name: 'a', status: 'whitelist', enabled_users: enabled }] });
const ofSize = (size: number): string => fileOf('ann').padEnd(size, ' ');

describe('a flag file that is too large', () => {
  it('is refused naming its size and the limit, and the last good state stays, also for the next process', async () => {
    writeFileSync(file, ofSize(LIMIT));
    const { flags } = start();
    await flags.reload();
    expect(flags.isEnabled('a', { userId: 'ann' })).toBe(true);
    const large = fileOf(...users(1_000));
    writeFileSync(file, large);
    await expect(flags.reload()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(
        `flags.json:1:1: the file has ${large.length} bytes, and at most ${LIMIT} bytes are taken`,
      ),
      issues: [{ path: '', line: 1, column: 1 }],
    });
    expect(flags.isEnabled('a', { userId: 'ann' })).toBe(true);
    const next = start();
    expect(next.flags.isEnabled('a', { userId: 'ann' })).toBe(true);
    await next.flags.setFlag('b', { enabled: true });
    expect(next.problems[0]?.message).toContain(`${large.length} bytes`);
    expect(readFileSync(`${file}.rejected`, 'utf8')).toBe(large);
    expect(JSON.parse(readFileSync(file, 'utf8')).flags).toMatchObject([{ name: 'a', enabled_users: ['ann'] }, { name: 'b' }]);
    writeFileSync(file, large);
    const willing = start(large.length);
    await willing.flags.reload();
    expect(willing.flags.isEnabled('a', { userId: 'user-999' })).toBe(true);
  });

  it('is not read at all when it is far too large, whatever it holds, and is kept aside all the same', async () => {
    writeFileSync(file, fileOf('ann'));
    const { flags } = start();
    await flags.reload();
    writeFileSync(file, fileOf('bob'));
    // A hole of 8 GiB takes no room on the disk, and could not be read into memory as a text.
    truncateSync(file, 8 * 1024 ** 3);
    await expect(flags.reload()).rejects.toThrow(`the file has ${8 * 1024 ** 3} bytes (8192.0 MiB)`);
    truncateSync(file, 3 * LIMIT);
    await expect(flags.reload()).rejects.toThrow(`the file has ${3 * LIMIT} bytes`);
    await flags.disableFlag('a', { reason: 'pager' });
    expect(JSON.parse(readFileSync(file, 'utf8')).flags).toMatchObject([{ name: 'a', status: 'disabled' }]);
    expect(statSync(`${file}.rejected`).size).toBe(3 * LIMIT);
  });

  it('is refused at the start, too, where there is no last good state', () => {
    writeFileSync(file, ofSize(LIMIT + 1));
    expect(() => fileStore(file, { watch: false, maxFileBytes: LIMIT }).read()).toThrow(`has ${LIMIT + 1} bytes`);
  });
});

describe('a change that would make the file too large', () => {
  it('is refused with nothing kept, while rollouts and whatever goes back go on at the limit', async () => {
    const { flags, problems } = start();
    await flags.setFlag('a', { enabled: true, rolloutPercentage: 5, enabledUsers: users(150) });
    await expect(flags.setFlag('b', { enabled: true, enabledUsers: users(400) })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/would have \d+ bytes, and at most 4096 bytes are taken/),
    });
    expect(flags.getFlag('b')).toBeUndefined();
    await flags.setFlag('b', { enabled: true, description: 'x'.repeat(LIMIT - statSync(file).size - 200) });
    await flags.setRolloutPercentage('a', 12.345);
    await flags.setFlag('c', { enabled: true, description: 'x'.repeat(600) });
    await flags.disableFlag('a', { reason: 'pager' });
    expect(statSync(file).size).toBeGreaterThan(LIMIT);
    expect(flags.getFlag('a')?.status).toBe('disabled');
    const next = start();
    await next.flags.reload();
    expect(next.flags.listFlags().map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(problems).toEqual([]);
  });
});

it('the limit is a whole number of bytes', () => {
  for (const wrong of [0, -1, 1.5, Number.NaN, '64MB'])
    expect(() => fileStore(file, { maxFileBytes: wrong as number })).toThrow(
      'maxFileBytes must be a whole number of bytes from 1; it is',
    );
});
