import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createSluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';
import { memoryStore } from './store/memory-store.ts';

const THEMES = { enabled: true, variants: { light: 1, dark: 2, sepia: 3 }, offVariant: 'light', onVariant: 'dark' } as const;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

it('a variant that others name is not taken away by setFlag, with force either', async () => {
  const { flags, rollouts } = createSluice({ store: memoryStore() });
  await flags.setFlag('theme', THEMES);
  await flags.setFlag('night', { enabled: true, prerequisites: [{ flag: 'theme', variants: ['sepia', 'dark'] }] });
  await expect(flags.setFlag('theme', { variants: { light: 1, dark: 2 } })).rejects.toMatchObject({
    code: 'refused',
    message:
      'flag "theme": /variants the variant "sepia" is named by the prerequisites of the flag "night"; change or end that first',
  });
  await flags.setFlag('night', { prerequisites: [] });
  await rollouts.startRollout('theme', { strategy: 'canary', toVariant: 'sepia', unvalidated: true });
  const gone = { variants: { light: 1, dark: 2 }, offVariant: 'light', onVariant: 'dark' } as const;
  await expect(flags.setFlag('theme', gone, { force: true })).rejects.toThrow('"sepia" is named by the rollout of "theme"');
  await rollouts.abortRollout('theme', { reason: 'no' });
  await flags.setFlag('theme', gone);
  expect(Object.keys(flags.getFlag('theme')?.variants ?? {})).toEqual(['light', 'dark']);
});

it('nor by retiring a version that a prerequisite names', async () => {
  const { flags, hotSwap } = createSluice({ store: memoryStore() });
  await hotSwap.registerVersion('model', '1.0.0');
  await hotSwap.registerVersion('model', '2.0.0');
  await flags.setFlag('f', { enabled: true, prerequisites: [{ flag: 'model', variants: ['2.0.0'] }] });
  await expect(hotSwap.retireVersion('model', '2.0.0')).rejects.toThrow('"2.0.0" is named by the prerequisites of the flag "f"');
});

it('nor by other arms of a test', async () => {
  const { flags, abTests } = createSluice({ store: memoryStore() });
  const arms = ['control', 'b', 'c'].map((variant) => ({ variant, component: variant }));
  await abTests.createTest({ testId: 't', arms });
  await flags.setFlag('f', { enabled: true, prerequisites: [{ flag: 't', variants: ['c'] }] });
  await expect(abTests.updateTest('t', { arms: arms.slice(0, 2) })).rejects.toThrow(
    'flag "t": the variant "c" is named by the prerequisites of the flag "f"; change or end that first',
  );
  await abTests.startTest('t');
  await expect(abTests.rebaseTest('t', { arms: arms.slice(0, 2) }, { reason: 'r' })).rejects.toThrow(
    'the variant "c" is named by',
  );
  await flags.setFlag('f', { prerequisites: [] });
  await abTests.rebaseTest('t', { arms: arms.slice(0, 2) }, { reason: 'r' });
});

it('nor by a hand in the file, while a rollout leads to it: the last good state stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-variants-'));
  folders.push(folder);
  const file = join(folder, 'flags.json');
  const sluice = createSluice({ store: fileStore(file, { watch: false }) });
  await sluice.flags.setFlag('theme', THEMES);
  await sluice.rollouts.startRollout('theme', { strategy: 'canary', toVariant: 'sepia', unvalidated: true });
  const edited = JSON.parse(readFileSync(file, 'utf8'));
  edited.flags[0].variants = { values: { light: 1, dark: 2 }, off: 'light', on: 'dark' };
  writeFileSync(file, JSON.stringify(edited, null, 2));
  await expect(sluice.flags.reload()).rejects.toMatchObject({
    code: 'invalid',
    issues: [
      {
        path: '/flags/0/variants',
        message: expect.stringContaining('"sepia" is named by the rollout'),
        line: expect.any(Number),
      },
    ],
  });
  expect(Object.keys(sluice.flags.getFlag('theme')?.variants ?? {})).toContain('sepia');
  await sluice.close();
});
