import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

it.each([
  ['new\nflag', 'at index 3 is U+000A'],
  ['bell\u0007', 'at index 4 is U+0007'],
  ['del\u007f', 'at index 3 is U+007F'],
  ['\u2028', 'at index 0 is U+2028'],
])('names nothing new %j', async (name, where) => {
  const sluice = createSluice({ store: memoryStore() });
  const { flags, hotSwap, abTests } = sluice;
  const arms = { controlComponent: 'a', treatmentComponent: 'b' };
  const made = [
    flags.setFlag(name, { enabled: true }),
    flags.setSegment(name, { members: ['ann'] }),
    hotSwap.registerVersion(name, '1.0.0'),
    abTests.createTest({ testId: name, ...arms }),
  ];
  for (const one of made)
    await expect(one).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(
        `must have no line break and no control character; ${where}; it is ${JSON.stringify(name)}`,
      ),
    });
  expect([flags.listFlags(), flags.listSegments(), abTests.listTests()]).toEqual([[], [], []]);
});

it('takes a name with a line break that a file has, edits that flag and brings it back from a document', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  const file = join(directory, 'feature_flags.json');
  await writeFile(file, JSON.stringify({ flags: [{ name: 'old\nflag', status: 'percentage', rollout_percentage: 10 }] }));
  const sluice = createSluice({ file });
  await sluice.flags.setFlag('old\nflag', { rolloutPercentage: 20 });
  expect(await readFile(file, 'utf8')).toContain('"old\\nflag"');
  const again = createSluice({ store: memoryStore() });
  await again.import(await sluice.export(), { reason: 'move' });
  expect(again.flags.getFlag('old\nflag')).toMatchObject({ servedPercentage: 20 });
  await sluice.close();
  await rm(directory, { recursive: true });
});
