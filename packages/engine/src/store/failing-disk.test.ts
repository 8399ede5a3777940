import type * as Fs from 'node:fs';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

type Callback = (error: Error | null, ...rest: unknown[]) => void;

/** What the disk refuses to do from now on, or which call alone, counted from 1. */
const disk = vi.hoisted(() => ({ failing: '', code: 'EIO', calls: 0, failsAt: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = (await original<typeof Fs>()) as unknown as Record<string, (...args: unknown[]) => unknown>;
  const failure = (name: string): Error | null => {
    const isFailing = disk.failing === name || (disk.failsAt > 0 && ++disk.calls === disk.failsAt);
    return isFailing ? Object.assign(new Error(`${disk.code}: i/o error, ${name}`), { code: disk.code }) : null;
  };
  const later = ['fdatasync', 'write', 'writeFile', 'link', 'rm', 'open'].map((name) => {
    const guarded = (...args: unknown[]): unknown => {
      const error = failure(name);
      return error === null ? fs[name]?.(...args) : (args.at(-1) as Callback)(error);
    };
    return [name, guarded] as const;
  });
  const atOnce = ['renameSync', 'readSync', 'fstatSync'].map((name) => {
    const guarded = (...args: unknown[]): unknown => {
      const error = failure(name);
      if (error !== null) throw error;
      return fs[name]?.(...args);
    };
    return [name, guarded] as const;
  });
  const short = (...args: unknown[]): unknown => {
    if (disk.failing !== 'half') return later.find(([name]) => name === 'write')?.[1](...args);
    const [file, bytes] = args as [number, Buffer];
    return fs.write?.(file, bytes.subarray(0, bytes.length / 2), args.at(-1));
  };
  return { ...fs, ...Object.fromEntries([...later, ...atOnce]), write: short };
});
const { createSluice } = await import('../sluice.ts');
const { fileStore } = await import('./file-store.ts');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-'));
});
afterEach(() => {
  Object.assign(disk, { failing: '', code: 'EIO', calls: 0, failsAt: 0 });
  rmSync(directory, { recursive: true });
});

const open = (segmentBytes = 1e9) =>
  createSluice({ store: fileStore(join(directory, 'flags.json'), { watch: false, segmentBytes }) });

it('a change that the disk did not confirm is told as open, and the next one builds on nothing that is in doubt', async () => {
  const sluice = open();
  await sluice.flags.setFlag('a', { enabled: true });
  disk.failing = 'fdatasync';
  await expect(sluice.flags.setFlag('b', {})).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('the disk did not confirm the change (EIO: i/o error, fdatasync), which may be kept or not'),
  });
  await expect(sluice.flags.setFlag('c', {})).rejects.toMatchObject({ code: 'unavailable' });
  expect(existsSync(join(directory, 'flags.json.journal.2'))).toBe(false);
  disk.failing = '';
  await sluice.flags.setFlag('d', {});
  expect(existsSync(join(directory, 'flags.json.journal.2'))).toBe(true);
  await sluice.close();
  rmSync(join(directory, 'flags.json.journal'));
  const again = open();
  expect(again.flags.getFlag('a')?.status).toBe('enabled');
  expect(again.flags.getFlag('d')).toBeDefined();
  expect(again.flags.getFlag('c')).toBeUndefined();
  await again.close();
});

it('a line of which the disk took only a part is no change', async () => {
  const sluice = open();
  await sluice.flags.setFlag('a', {});
  disk.failing = 'half';
  await expect(sluice.flags.setFlag('b', {})).rejects.toMatchObject({ code: 'unavailable' });
  disk.failing = '';
  await sluice.flags.setFlag('c', {});
  expect(sluice.flags.listFlags().map(({ name }) => name)).toEqual(['a', 'c']);
  await sluice.close();
});

describe('a flag file that cannot be replaced', () => {
  const file = (): string => join(directory, 'flags.json');
  const descriptors = (): number => readdirSync('/proc/self/fd').length;

  it('costs no descriptors, is told once a change, and is brought up to date when it can be', async () => {
    const problems: string[] = [];
    const sluice = createSluice({ store: fileStore(file(), { onProblem: ({ message }) => problems.push(message) }) });
    await sluice.flags.setFlag('a', { enabled: true, rolloutPercentage: 1 });
    Object.assign(disk, { failing: 'renameSync', code: 'EROFS' });
    const before = descriptors();
    for (let percentage = 2; percentage <= 30; percentage++) await sluice.flags.setRolloutPercentage('a', percentage);
    expect(descriptors()).toBeLessThan(before + 5);
    expect(problems.length).toBeLessThanOrEqual(2 * 29);
    disk.failing = '';
    await sluice.flags.reload();
    expect(JSON.parse(readFileSync(file(), 'utf8')).flags[0].rollout_percentage).toBe(30);
    await sluice.close();
  });

  it('is written over where it is mounted by itself', async () => {
    const sluice = open();
    await sluice.flags.setFlag('a', {});
    Object.assign(disk, { failing: 'renameSync', code: 'EBUSY' });
    await sluice.flags.setFlag('b', {});
    expect(JSON.parse(readFileSync(file(), 'utf8')).flags).toHaveLength(2);
    await sluice.close();
  });

  it('is edited once by an edit, and not again over what came after', async () => {
    const sluice = open();
    for (const key of ['a', 'b']) await sluice.flags.setFlag(key, { enabled: true, rolloutPercentage: 10 });
    Object.assign(disk, { failing: 'renameSync', code: 'EROFS' });
    await sluice.flags.setFlag('b', { description: 'not in the file' });
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('10', '20'));
    await sluice.flags.reload().catch(() => {});
    expect(sluice.flags.getFlag('a')?.rolloutPercentage).toBe(20);
    await sluice.flags.setRolloutPercentage('a', 50);
    for (let look = 0; look < 3; look++) await sluice.flags.reload().catch(() => {});
    disk.failing = '';
    await sluice.flags.reload();
    expect(sluice.flags.getFlag('a')?.rolloutPercentage).toBe(50);
    expect(JSON.parse(readFileSync(file(), 'utf8')).flags).toMatchObject([
      { rollout_percentage: 50 },
      { description: 'not in the file' },
    ]);
    await sluice.close();
  });
});

it('whichever call of the disk fails, an edit by hand is taken in or kept, and is never undone', async () => {
  for (let failsAt = 1; failsAt <= 60; failsAt++) {
    const sluice = open(800);
    for (const key of ['a', 'b']) await sluice.flags.setFlag(key, { enabled: true, rolloutPercentage: 10 });
    const file = join(directory, 'flags.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('10', '20'));
    Object.assign(disk, { failsAt, calls: 0 });
    await sluice.flags.setFlag('c', { description: 'x'.repeat(300) }).catch(() => {});
    await sluice.flags.reload().catch(() => {});
    disk.failsAt = 0;
    await sluice.flags.reload();
    expect(sluice.flags.getFlag('a')?.rolloutPercentage, `call ${failsAt}`).toBe(20);
    await sluice.flags.setFlag('d', {});
    await sluice.close();
    const again = open();
    expect(again.flags.getFlag('a')?.rolloutPercentage, `call ${failsAt}`).toBe(20);
    await again.close();
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
  }
});

it('whichever call of the disk fails, nothing acknowledged is lost and the next change is kept', async () => {
  for (let failsAt = 1; failsAt <= 60; failsAt++) {
    const sluice = open(800);
    const acknowledged: string[] = [];
    Object.assign(disk, { failsAt, calls: 0 });
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      const isKept = await sluice.flags.setFlag(key, { enabled: true, description: 'x'.repeat(300) }).then(
        () => true,
        (error: { code?: string }) => {
          expect(error.code, `call ${failsAt}`).toBe('unavailable');
          return false;
        },
      );
      if (isKept) acknowledged.push(key);
    }
    disk.failsAt = 0;
    await sluice.flags.setFlag('last', {});
    await sluice.close();
    const again = open();
    for (const key of [...acknowledged, 'last']) expect(again.flags.getFlag(key), `${key}, call ${failsAt}`).toBeDefined();
    const { store, view } = again.flags.runtime;
    const log = await store.log({ scope: view.scope });
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    await again.close();
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
  }
});
