import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeaseFile } from './lease-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('leases', () => {
  it('are not taken by a process that slept between reading and writing', async () => {
    const path = join(directory, 'leases');
    const other = new LeaseFile(path, () => ({}));
    const rows = JSON.stringify([['l', { holder: 'b', until: 3_000, token: 2_000 }]]);
    const sleeper = new LeaseFile(path, () => {
      writeFileSync(path, rows);
      return {};
    });
    const sleeps = sleeper.take({ name: 'l', holder: 'a', now: 1_000, until: 2_000 });
    await expect(sleeps).rejects.toMatchObject({ code: 'conflict' });
    expect(await other.take({ name: 'l', holder: 'a', now: 2_500, until: 3_500 })).toBeNull();
    await Promise.all([sleeper.close(), other.close()]);
  });

  it.each(['[["l", null]]', '', '[', '{}', '[["l", {"holder": 1}]]', '[["l"], null, 7]'])(
    'survive a file that says %j',
    async (content) => {
      writeFileSync(join(directory, 'leases'), content);
      const leases = new LeaseFile(join(directory, 'leases'), () => ({}));
      const first = await leases.take({ name: 'l', holder: 'a', now: 1_000, until: 2_000 });
      writeFileSync(join(directory, 'leases'), content);
      const second = await leases.take({ name: 'l', holder: 'b', now: 1_500, until: 2_500 });
      expect(second).toBeGreaterThan(Number(first));
      await leases.close();
    },
  );
});
