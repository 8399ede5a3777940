import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FeatureFlagManager } from './feature-flag-manager.ts';
import { createSluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';
import { memoryStore } from './store/memory-store.ts';

const needs = (flag: string, ...variants: string[]) => ({ prerequisites: [{ flag, variants }] });

it('follows the flag that is needed, whichever of the two is created or changed first', async () => {
  const flags = new FeatureFlagManager({ store: memoryStore() });
  await flags.setFlag('base', { enabled: true });
  await flags.setFlag('top', { enabled: true, ...needs('base', 'on') });
  expect(flags.isEnabled('top', { userId: 'u' })).toBe(true);
  await flags.disableFlag('base');
  expect(flags.isEnabled('top', { userId: 'u' })).toBe(false);
  expect(flags.evaluateAll({ userId: 'u' }).get('top')).toMatchObject({ variant: 'off', reason: 'DEFAULT' });
  expect(flags.getFlag('top')?.prerequisites).toEqual([{ flag: 'base', variants: ['on'] }]);
});

it('refuses strangers, circles and the end of a flag that others need, naming them', async () => {
  const flags = new FeatureFlagManager({ store: memoryStore() });
  for (const name of ['a', 'b', 'c']) await flags.setFlag(name, { enabled: true });
  await expect(flags.setFlag('a', needs('bb', 'on'))).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('"b"'),
  });
  await expect(flags.setFlag('a', needs('b', 'blue'))).rejects.toThrow('does not have; there are off, on');
  await expect(flags.setFlag('a', needs('a', 'on'))).rejects.toThrow('a → a');
  await flags.setFlag('a', needs('b', 'on'));
  await flags.setFlag('b', needs('c', 'on'));
  await expect(flags.setFlag('c', needs('a', 'on'))).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('c → a → b → c'),
  });
  await expect(flags.archiveFlag('b')).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('("a")') });
  await flags.setFlag('a', { prerequisites: [] });
  expect(await flags.archiveFlag('b')).toMatchObject({ isArchived: true });
});

it('keeps prerequisites in the flag file and names line and column of a circle in it', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-')), 'flags.json');
  const open = () => new FeatureFlagManager({ store: fileStore(path, { watch: false }) });
  const first = open();
  await first.setFlag('base', { enabled: true });
  await first.setFlag('top', { enabled: true, ...needs('base', 'on') });
  await first.close();
  expect(JSON.parse(readFileSync(path, 'utf8')).flags[1].prerequisites).toEqual([{ flag: 'base', variants: ['on'] }]);
  const again = open();
  expect(again.isEnabled('top', { userId: 'u' })).toBe(true);
  const lines = [
    '{ "flags": [',
    '  { "name": "base", "status": "enabled", "prerequisites": [{ "flag": "top", "variants": ["on"] }] },',
    '  { "name": "top", "status": "enabled", "prerequisites": [{ "flag": "base", "variants": ["on"] }] }',
    '] }',
  ];
  writeFileSync(path, lines.join('\n'));
  await expect(again.reload()).rejects.toThrow(/flags\.json:2:\d+: .*leads in a circle: base → top → base/);
  expect(again.isEnabled('top', { userId: 'u' })).toBe(true);
  await again.close();
});

it('says of an archived flag that it is archived', async () => {
  const { flags } = createSluice({ store: memoryStore() });
  await flags.setFlag('old', { enabled: true });
  await flags.archiveFlag('old');
  const prerequisites = [{ flag: 'old', variants: ['on'] }];
  await expect(flags.setFlag('f', { prerequisites })).rejects.toThrow('names the flag "old", which is archived');
});
