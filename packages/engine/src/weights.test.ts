import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from './feature-flag-manager.ts';
import { createSluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';
import { memoryStore } from './store/memory-store.ts';

const UNITS = Array.from({ length: 5_000 }, (_, index) => `user-${index}`);
const THREE = { enabled: true, variants: { a: 1, b: 2, c: 3, off: 0 }, offVariant: 'off', onVariant: 'a' } as const;
const served = (flags: FeatureFlagManager): (string | null)[] => UNITS.map((userId) => flags.getVariant('f', { userId }));
const moves = (before: readonly (string | null)[], after: readonly (string | null)[]): string[] => [
  ...new Set(before.flatMap((variant, index) => (variant === after[index] ? [] : [`${variant} to ${after[index]}`]))),
];
const open: FeatureFlagManager[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const flags of open.splice(0)) await flags.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function inFile(file: string): FeatureFlagManager {
  const flags = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
  open.push(flags);
  return flags;
}

function fileIn(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-weights-'));
  folders.push(folder);
  return join(folder, 'flags.json');
}

describe('changed weights', () => {
  it('move units only from the variant that shrinks to the one that grows', async () => {
    const flags = new FeatureFlagManager({ store: memoryStore() });
    await flags.setFlag('f', { ...THREE, split: { a: 30, b: 30, c: 40 } });
    const before = served(flags);
    await flags.setFlag('f', { split: { a: 45, b: 30, c: 25 } });
    const after = served(flags);
    expect(moves(before, after)).toEqual(['c to a']);
    expect(after.filter((variant) => variant === 'a').length / UNITS.length).toBeCloseTo(0.45, 1);
    expect(flags.getFlag('f')?.split).toEqual({ a: 45, b: 30, c: 25 });
    await flags.setFlag('f', { split: { a: 45, b: 55, c: 0 } });
    expect(moves(after, served(flags))).toEqual(['c to b']);
  });

  it('stay as they are over a restart, in the file alone, and in a document', async () => {
    const file = fileIn();
    const flags = inFile(file);
    await flags.setFlag('f', { ...THREE, split: { a: 30, b: 30, c: 40 } });
    await flags.setFlag('f', { split: { a: 45, b: 30, c: 25 } });
    const before = served(flags);
    expect(readFileSync(file, 'utf8')).toContain('"percentage": 15');
    expect(served(inFile(file))).toEqual(before);
    const copy = fileIn();
    writeFileSync(copy, readFileSync(file));
    expect(served(inFile(copy))).toEqual(before);
    const [from, to] = [createSluice({ store: fileStore(file, { watch: false }) }), createSluice({ store: memoryStore() })];
    open.push(from.flags);
    await to.import(JSON.parse(JSON.stringify(await from.export())), { reason: 'move' });
    expect(served(to.flags)).toEqual(before);
  });

  it('that a hand writes into the file move no more either, and the file then says the ranges', async () => {
    const file = fileIn();
    const flags = inFile(file);
    await flags.setFlag('f', { ...THREE, split: { a: 30, b: 30, c: 40 } });
    const before = served(flags);
    const weights = JSON.parse(readFileSync(file, 'utf8'));
    weights.flags[0].variants.split = { a: 45, b: 30, c: 25 };
    writeFileSync(file, JSON.stringify(weights));
    await flags.reload();
    expect(moves(before, served(flags))).toEqual(['c to a']);
    expect(JSON.parse(readFileSync(file, 'utf8')).flags[0].variants.split).toEqual([
      { variant: 'a', percentage: 30 },
      { variant: 'b', percentage: 30 },
      { variant: 'c', percentage: 25 },
      { variant: 'a', percentage: 15 },
    ]);
  });

  it('that are ranges are taken as they are, and refused with their place where they are none', async () => {
    const flags = new FeatureFlagManager({ store: memoryStore() });
    const split = [
      { variant: 'b', percentage: 50 },
      { variant: 'a', percentage: 20 },
      { variant: 'b', percentage: 30 },
    ];
    await flags.setFlag('f', { ...THREE, split });
    expect(flags.getFlag('f')?.split).toEqual({ b: 80, a: 20 });
    await expect(flags.setFlag('f', { split: [{ variant: 'b', percentage: 101 }] })).rejects.toThrow(
      '/split/0/percentage must be',
    );
    await expect(flags.setFlag('f', { split: [{ variant: 'b', percentage: 99 }] })).rejects.toThrow('/split adds up to 99 %');
    await expect(flags.setFlag('f', { split: { a: 50, b: 49 } })).rejects.toThrow('/split adds up to 99 %');
    await expect(
      flags.setFlag('f', { split: Array.from({ length: 300 }, () => ({ variant: 'a', percentage: 0 })) }),
    ).rejects.toThrow('may have at most 256 ranges; it has 300');
  });
});
