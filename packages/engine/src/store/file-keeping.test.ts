import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, newFlag } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from '../feature-flag-manager.ts';
import { FileLock } from './file-lock.ts';
import { type FileStoreOptions, fileStore } from './file-store.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(directory, 'flags.json');
});
afterEach(() => rm(directory, { recursive: true }));

const start = (options: FileStoreOptions = {}, path = file): FeatureFlagManager =>
  new FeatureFlagManager({ store: fileStore(path, { watch: false, ...options }) });
const EMPTY = '{"flags": []}';

describe('the files of a store', () => {
  it('may not be read by anybody who may not read the flag file', async () => {
    writeFileSync(file, EMPTY);
    chmodSync(file, 0o600);
    const flags = start({ segmentBytes: 100 });
    for (const key of ['a', 'b', 'c']) await flags.setFlag(key, { enabled: true });
    flags.isEnabled('a', { userId: 'u' });
    await flags.runtime.store.lease({ name: 'l', holder: 'h', now: 0, until: 1 });
    await flags.close();
    const found = readdirSync(directory);
    expect(found).toEqual(expect.arrayContaining(['flags.json.facts', 'flags.json.journal.2', 'flags.json.leases']));
    for (const name of found) expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
  });

  it('leave a symbolic link a link, and change the file behind it', async () => {
    mkdirSync(join(directory, 'real'));
    const real = join(directory, 'real', 'flags.json');
    writeFileSync(real, EMPTY);
    symlinkSync(join('real', 'flags.json'), file);
    const flags = start();
    await flags.setFlag('a', {});
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toContain('"a"');
    await flags.close();
  });

  it('hold what was being written when the store was closed', async () => {
    const store = fileStore(file, { watch: false });
    await store.read();
    const records = ['a', 'b', 'c'].map((key) => ({ ...newFlag(key, DEFAULT_SCOPE, 0), revision: 1 }));
    let kept = 0;
    const commits = records.map(async (record) => {
      await store.commit({ records: [record], events: [] });
      kept += 1;
    });
    await new Promise((resolve) => setImmediate(resolve));
    await store.close();
    expect(kept).toBe(3);
    await Promise.all(commits);
    const again = fileStore(file, { watch: false });
    expect((await again.read()).records.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    await again.close();
  });
});

describe('an edit by hand', () => {
  it('is taken in before the change that follows it', async () => {
    const flags = start();
    await flags.setFlag('a', { enabled: true, rolloutPercentage: 10 });
    writeFileSync(file, readFileSync(file, 'utf8').replace('10', '20'));
    await flags.setFlag('b', {});
    const log = await flags.runtime.store.log({ scope: DEFAULT_SCOPE });
    expect(log.map(({ key, actor }) => [key, actor])).toEqual([
      ['a', 'local'],
      ['a', 'file'],
      ['b', 'local'],
    ]);
    await flags.close();
  });

  it('is noticed while the process does nothing', async () => {
    writeFileSync(file, EMPTY);
    const flags = start({ watch: true });
    await flags.reload();
    const seen = new Promise<string>((resolve) => flags.runtime.observe(({ events }) => resolve(events[0]?.key ?? '')));
    writeFileSync(file, '{"flags": [{"name": "by hand", "status": "enabled"}]}');
    expect(await seen).toBe('by hand');
    expect(flags.isEnabled('by hand', { userId: 'u' })).toBe(true);
    await flags.close();
  });
});

describe('a store that another process writes to', () => {
  it('hears of every commit, over as many segments as there are', async () => {
    const [one, two] = [start({ segmentBytes: 200 }), start()];
    await one.setFlag('f', { rolloutPercentage: 1 });
    two.getFlag('f');
    const heard: number[] = [];
    two.runtime.observe(({ events }) => heard.push(...events.map(({ seq }) => seq)));
    for (let percentage = 2; percentage <= 6; percentage++) await one.setFlag('f', { rolloutPercentage: percentage });
    await two.reload();
    expect(existsSync(`${file}.journal.3`)).toBe(true);
    expect(heard.slice(-5)).toEqual([2, 3, 4, 5, 6]);
    expect(two.getFlag('f')?.rolloutPercentage).toBe(6);
    await Promise.all([one.close(), two.close()]);
  });

  it('learns from a checkpoint what stood in segments that somebody removed', async () => {
    const [one, two] = [start({ segmentBytes: 200 }), start()];
    await one.setFlag('f', { rolloutPercentage: 1 });
    await two.reload();
    for (let percentage = 2; percentage <= 6; percentage++) await one.setFlag('f', { rolloutPercentage: percentage });
    for (const name of readdirSync(directory).filter((found) => /journal(\.[23])?$/.test(found))) rmSync(join(directory, name));
    await two.setFlag('g', {});
    expect(two.getFlag('f')?.rolloutPercentage).toBe(6);
    await Promise.all([one.close(), two.close()]);
  });
});

describe('a lock', () => {
  it('that cannot be made at all is given up at once', async () => {
    const lock = new FileLock(join(directory, 'x'.repeat(252)));
    await expect(lock.run(async () => {})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ENAMETOOLONG'),
    });
  }, 5_000);

  it('that was left behind before the clock was set back is stale all the same', async () => {
    const path = join(directory, 'flags.json');
    mkdirSync(`${path}.lock`);
    const inAnHour = new Date(Date.now() + 3_600_000);
    utimesSync(`${path}.lock`, inAnHour, inAnHour);
    let isRun = false;
    await new FileLock(path).run(async () => {
      isRun = true;
    });
    expect(isRun).toBe(true);
  });
});

describe('an edit that is served before it can be kept', () => {
  it('is served no longer when its editor undid it', async () => {
    const first = start();
    await first.setFlag('a', { enabled: true });
    await first.close();
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('"enabled"', '"disabled"'));
    mkdirSync(`${file}.lock`);
    const flags = start();
    expect(flags.isEnabled('a', { userId: 'u' })).toBe(false);
    writeFileSync(file, before);
    await flags.reload();
    expect(flags.isEnabled('a', { userId: 'u' })).toBe(true);
    await flags.close();
  });
});

describe('a file without a journal that is edited again right after it was read', () => {
  const fileOf = (...names: string[]): string => JSON.stringify({ flags: names.map((name) => ({ name, status: 'enabled' })) });

  it('loses a flag by the edit as at any other time', async () => {
    writeFileSync(file, fileOf('a', 'b'));
    const flags = start();
    writeFileSync(file, fileOf('b'));
    await flags.reload();
    expect([flags.getFlag('a')?.isArchived, flags.isEnabled('a', { userId: 'u' })]).toEqual([true, false]);
    await expect(flags.disableFlag('a', { reason: 'r' })).rejects.toThrow('archived');
    await flags.close();
    const again = start();
    expect([again.getFlag('a')?.isArchived, again.getFlag('b')?.isArchived]).toEqual([true, false]);
    await again.close();
  });

  it('may not lose them all', async () => {
    writeFileSync(file, fileOf('a'));
    const flags = start();
    writeFileSync(file, fileOf());
    await expect(flags.reload()).rejects.toMatchObject({ code: 'refused' });
    expect(flags.isEnabled('a', { userId: 'u' })).toBe(true);
    await flags.close();
  });
});

describe('a damaged segment of old history', () => {
  it('is told to who asks for it, and to nobody else', async () => {
    const flags = start({ segmentBytes: 200 });
    for (let percentage = 1; percentage <= 8; percentage++)
      await flags.setFlag('f', { enabled: true, rolloutPercentage: percentage });
    await flags.close();
    const old = `${file}.journal`;
    writeFileSync(old, readFileSync(old, 'utf8').replace('"seq":1', '"seq":9'));
    const again = start();
    expect(again.getFlag('f')?.rolloutPercentage).toBe(8);
    await again.setFlag('f', { rolloutPercentage: 9 });
    const { store } = again.runtime;
    const newest = await store.log({ scope: DEFAULT_SCOPE, newestFirst: true, limit: 3 });
    expect(newest.map(({ seq }) => seq)).toEqual([9, 8, 7]);
    await expect(store.log({ scope: DEFAULT_SCOPE })).rejects.toThrow('damaged');
    await again.close();
  });
});
