import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ForgetfulDisk } from './power-loss.testing.ts';

const world = vi.hoisted(() => ({ disk: null as ForgetfulDisk | null }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const { ForgetfulDisk: Disk } = await import('./power-loss.testing.ts');
  world.disk = new Disk(fs);
  return { ...fs, ...world.disk.functions() };
});
const { createSluice } = await import('../sluice.ts');
const { fileStore } = await import('./file-store.ts');
const { FactsFile } = await import('./facts-file.ts');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (root: string) =>
  createSluice({ store: fileStore(join(root, 'deep', 'config', 'flags.json'), { watch: false, segmentBytes: 1_500 }) });

it('a power cut after an acknowledgement loses nothing, whatever segments were begun', async () => {
  const sluice = open(directory);
  for (let write = 1; write <= 12; write++) {
    await sluice.flags.setFlag(`flag-${write % 5}`, { enabled: true, description: String(write) });
    const copy = join(directory, `after-${write}`);
    world.disk?.afterPowerCut(directory, copy);
    const again = open(copy);
    for (let earlier = Math.max(1, write - 4); earlier <= write; earlier++)
      expect(again.flags.getFlag(`flag-${earlier % 5}`)?.description, `write ${earlier} after ${write}`).toBe(String(earlier));
    // The flag file alone would give the flags back, and not who changed them.
    const { store, view } = again.flags.runtime;
    const log = await store.log({ scope: view.scope });
    expect(log.map(({ seq, actor }) => `${seq} by ${actor}`)).toEqual(
      Array.from({ length: write }, (_, at) => `${at + 1} by local`),
    );
    await again.close();
    const [kept, live] = [copy, directory].map((root) => readFileSync(join(root, 'deep', 'config', 'flags.json'), 'utf8'));
    expect(kept).toBe(live);
  }
  expect(existsSync(join(directory, 'deep', 'config', 'flags.json.journal.3'))).toBe(true);
  await sluice.close();
});

it('a power cut at any time leaves the flag file whole', async () => {
  const sluice = open(directory);
  for (let write = 1; write <= 5; write++) {
    const done = sluice.flags.setFlag('flag', { description: String(write) }).then(() => true);
    for (let turn = 0; ; turn++) {
      const isDone = await Promise.race([done, new Promise((resolve) => setImmediate(resolve)).then(() => false)]);
      const copy = join(directory, `at-${write}-${turn}`);
      world.disk?.afterPowerCut(directory, copy);
      const file = join(copy, 'deep', 'config', 'flags.json');
      if (existsSync(file)) JSON.parse(readFileSync(file, 'utf8'));
      rmSync(copy, { recursive: true, force: true });
      if (isDone) break;
    }
  }
  await sluice.close();
});

it('a power cut after facts were added keeps them, also when they have just been compacted', async () => {
  const scope = { project: 'p', environment: 'e' };
  const facts = new FactsFile(join(directory, 'facts'), { slackBytes: 600 });
  for (let seq = 1; seq <= 8; seq++) {
    const units = [{ subject: 's', unit: String(seq), arm: 'a', firstExposureAt: seq, metrics: {} }];
    await facts.add({ instanceId: 'i', seq, scope, tallies: [], units, observations: [] });
    const copy = join(directory, `after-${seq}`);
    world.disk?.afterPowerCut(directory, copy);
    const again = new FactsFile(join(copy, 'facts'));
    expect(again.current().totals(scope, 's').arms.a?.exposed, `batch ${seq}`).toBe(seq);
    await again.close();
  }
  expect(existsSync(join(directory, 'facts'))).toBe(false);
  await facts.close();
});
