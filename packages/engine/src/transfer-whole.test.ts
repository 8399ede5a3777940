import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';
import { memoryStore } from './store/memory-store.ts';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function inMemory() {
  const clock = manualClock(1_700_000_000_000);
  return { clock, ...createSluice({ store: memoryStore(), clock }) };
}

function onDisk(): { readonly sluice: Sluice; readonly content: () => string } {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-whole-'));
  directories.push(directory);
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: fileStore(join(directory, 'flags.json'), { clock, watch: false }), clock });
  const content = (): string =>
    JSON.stringify(
      readdirSync(directory)
        .sort()
        .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
    );
  return { sluice, content };
}

it('an import that names what is not there is invalid at its place, leaves every file as it was, and says so in a dry run', async () => {
  const from = inMemory();
  for (const name of ['a', 'b', 'c']) await from.flags.setFlag(name, { enabled: true });
  await from.flags.setFlag('b', { prerequisites: [{ flag: 'a', variants: ['on'] }] });
  const whole = await from.export();
  const document = { ...whole, flags: whole.flags.filter(({ name }) => name !== 'a') };
  const { sluice, content } = onDisk();
  await sluice.flags.setFlag('c', { enabled: false });
  await sluice.flags.reload();
  const before = content();
  const path = '/flags/0/prerequisites/0';
  const options = { reason: 'move', onExisting: 'merge' } as const;
  await expect(sluice.import(document, options)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining(`nothing was imported. flag "b": ${path} names the flag "a", which does not exist`),
    issues: [{ path, message: expect.stringContaining('names the flag "a"') }],
  });
  expect(await sluice.import(document, { ...options, dryRun: true })).toMatchObject({
    changed: false,
    entries: [{ outcome: 'invalid', issues: [{ path }] }, { outcome: 'update' }],
  });
  expect(content()).toBe(before);
  expect(sluice.flags.listFlags().map(({ name }) => name)).toEqual(['c']);
  await sluice.flags.setFlag('a', { enabled: true });
  await sluice.flags.archiveFlag('a');
  await expect(sluice.import(document, options)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('names the flag "a", which is archived'),
  });
  await sluice.close();
});

it('a refused import names the entries that stand against what is here', async () => {
  const from = inMemory();
  await from.flags.setFlag('a', { enabled: true });
  await from.flags.setFlag('b', { enabled: true });
  const to = inMemory();
  await to.flags.setFlag('b', { enabled: true, rolloutPercentage: 1 });
  await expect(to.import(await from.export(), { reason: 'move' })).rejects.toMatchObject({
    code: 'refused',
    issues: [{ path: '/flags/1', message: expect.stringContaining('it is there already and differs') }],
  });
});

it('a test that is started again after a move takes the slots of its layer that it had', async () => {
  const from = inMemory();
  for (const testId of ['first', 'second']) {
    await from.abTests.createTest({ testId, controlComponent: 'x', treatmentComponent: 'y', layer: 'page', trafficShare: 0.3 });
    await from.abTests.startTest(testId);
  }
  const users = Array.from({ length: 400 }, (_, index) => ({ userId: `u${index}` }));
  const served = ({ abTests }: Pick<Sluice, 'abTests'>) => users.map((user) => abTests.getVariant('second', user));
  const document = await from.export();
  expect(document.layers).toMatchObject([{ layer: 'page', ranges: [{ test: 'first' }, { test: 'second', fromPercentage: 30 }] }]);
  const to = inMemory();
  await to.import(JSON.parse(JSON.stringify(document)), { reason: 'move' });
  expect(new Set(served(to))).toEqual(new Set(['control']));
  await to.abTests.startTest('second');
  expect(served(to)).toEqual(served(from));
  expect((await to.export()).layers).toMatchObject([{ ranges: [{ test: 'second', fromPercentage: 30, percentage: 30 }] }]);
});

it('the document says of which flags it leaves out scheduled edits', async () => {
  const { flags, clock, ...sluice } = inMemory();
  await flags.setFlag('f', { enabled: true });
  await flags.scheduleEdit('f', { enabled: false }, { at: new Date(clock.now() + 1_000).toISOString() });
  expect((await sluice.export()).withoutSchedulesOf).toEqual(['f']);
  await clock.advance(2_000);
  expect((await sluice.export()).withoutSchedulesOf).toEqual([]);
});

it('a document that is too large is refused before anything is made of it, naming size and limit', async () => {
  const { flags, ...sluice } = inMemory();
  await flags.setFlag('f', { enabled: true, description: 'x'.repeat(2_000) });
  const document = await sluice.export();
  const size = JSON.stringify(document).length;
  const to = inMemory();
  await expect(to.import(document, { reason: 'move', maxBytes: 1_000 })).rejects.toMatchObject({
    code: 'invalid',
    message: `import: the document has ${size} bytes as JSON, and at most 1000 bytes are taken; import it in parts, or pass maxBytes`,
    issues: [{ path: '' }],
  });
  const endless: unknown[] = [];
  endless.push(endless, 'x'.repeat(100));
  await expect(to.import(endless, { reason: 'move', maxBytes: 1_000 })).rejects.toThrow('has more than 16000 bytes as JSON');
  await expect(to.import(document, { reason: 'move', maxBytes: 0 })).rejects.toThrow('import: maxBytes must be a whole number');
  expect(await to.import(document, { reason: 'move', maxBytes: size })).toMatchObject({ changed: true });
});
