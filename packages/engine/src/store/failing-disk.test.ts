import type * as Fs from 'node:fs';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

type Callback = (error: Error | null, ...rest: unknown[]) => void;

/** What the disk refuses to do from now on, and how often it was asked. */
const disk = vi.hoisted(() => ({ failing: '', calls: 0, failsAt: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  const guarded = (name: 'fdatasync' | 'write' | 'link' | 'rename') => {
    const work = fs[name] as unknown as (...args: unknown[]) => void;
    return (...args: unknown[]): void => {
      if (disk.failing === name || (disk.failsAt > 0 && ++disk.calls === disk.failsAt)) {
        const error = Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO' });
        (args.at(-1) as Callback)(error);
        return;
      }
      work(...args);
    };
  };
  return {
    ...fs,
    fdatasync: guarded('fdatasync'),
    write: guarded('write'),
    link: guarded('link'),
    rename: guarded('rename'),
  };
});
const { createSluice } = await import('../sluice.ts');
const { fileStore } = await import('./file-store.ts');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-'));
});
afterEach(() => {
  Object.assign(disk, { failing: '', calls: 0, failsAt: 0 });
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
