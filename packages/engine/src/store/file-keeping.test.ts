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
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, newFlag } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from '../feature-flag-manager.ts';
import { FactsFile } from './facts-file.ts';
import { FileLock } from './file-lock.ts';
import { type FileStoreOptions, fileStore } from './file-store.ts';
import { LeaseFile } from './lease-file.ts';

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
});

describe('facts', () => {
  const scope = { project: 'p', environment: 'e' };
  const batch = (instanceId: string, seq: number, unit: string) => ({
    instanceId,
    seq,
    scope,
    tallies: [],
    units: [{ subject: 's', unit, arm: 'a', firstExposureAt: 1, metrics: {} }],
    observations: [],
  });

  it('stay small over many short lives', async () => {
    const sizes: number[] = [];
    for (let life = 1; life <= 40; life++) {
      const facts = new FactsFile(join(directory, 'facts'), { slackBytes: 4_000 });
      for (let seq = 1; seq <= 5; seq++) await facts.add(batch(`i${life % 3}`, life * 10 + seq, 'always the same'));
      await facts.close();
      const [name = ''] = readdirSync(directory);
      sizes.push(statSync(join(directory, name)).size);
    }
    expect(Math.max(...sizes)).toBeLessThan(8_000);
  });

  it('say the same after they were compacted, to whoever reads', async () => {
    const [one, two] = [0, 1].map(() => new FactsFile(join(directory, 'facts'), { slackBytes: 2_000 }));
    for (let seq = 1; seq <= 30; seq++) {
      await one?.add(batch('one', seq, `unit ${seq}`));
      if (seq % 7 === 0) await two?.add(batch('two', seq, `unit ${seq + 100}`));
      if (seq % 10 === 0) await two?.add(batch('two', seq - (seq % 7), 'a repetition'));
    }
    const expected = 30 + 4;
    for (const facts of [one, two, new FactsFile(join(directory, 'facts'))])
      expect(facts?.current().totals(scope, 's').arms.a?.exposed).toBe(expected);
    expect(readdirSync(directory).filter((name) => name.startsWith('facts'))).toHaveLength(1);
    await Promise.all([one?.close(), two?.close()]);
  });
});

describe('leases', () => {
  it.each(['', '[', '{}', '[["l", {"holder": 1}]]', '[["l"], null, 7]'])('survive a file that says %j', async (content) => {
    writeFileSync(join(directory, 'leases'), content);
    const leases = new LeaseFile(join(directory, 'leases'), () => ({}));
    const first = await leases.take({ name: 'l', holder: 'a', now: 1_000, until: 2_000 });
    writeFileSync(join(directory, 'leases'), content);
    const second = await leases.take({ name: 'l', holder: 'b', now: 1_500, until: 2_500 });
    expect(second).toBeGreaterThan(Number(first));
    await leases.close();
  });
});
