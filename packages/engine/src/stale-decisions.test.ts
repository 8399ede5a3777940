import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSluice, type Sluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';

let directory: string;
let one: Sluice;
let two: Sluice;

/** Two processes over one file that hear of each other only when they ask. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  const open = (): Sluice => createSluice({ store: fileStore(join(directory, 'flags.json'), { watch: false }) });
  one = open();
  for (const key of ['a', 'b']) await one.flags.setFlag(key, { enabled: true });
  for (const key of ['s', 't']) await one.flags.setSegment(key, { members: ['u'] });
  await one.flags.setFlag('colours', { variants: { red: 1, green: 2, blue: 3 }, offVariant: 'red', onVariant: 'green' });
  two = open();
  await two.flags.reload();
});
afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
  await rm(directory, { recursive: true });
});

it('a kill kills what another process has just restored', async () => {
  for (const kill of [
    () => one.flags.disableFlag('a', { reason: 'pager' }),
    () => one.rollbacks.rollbackImmediate('a', { reason: 'pager' }),
  ]) {
    await one.flags.disableFlag('a', { reason: 'pager' });
    await two.flags.reload();
    await two.flags.restoreFlag('a');
    await kill();
    await two.flags.reload();
    for (const { flags } of [one, two]) expect(flags.isEnabled('a', { userId: 'u' })).toBe(false);
  }
});

it('a change is not refused for what another process has just mended', async () => {
  await one.flags.setFlag('c', { enabled: true });
  await two.flags.setFlag('a', { prerequisites: [{ flag: 'c', variants: ['on'] }] });
  await one.flags.setFlag('late', {});
  await two.flags.setFlag('b', { prerequisites: [{ flag: 'late', variants: ['on'] }] });
  expect(two.flags.getFlag('b')?.revision).toBe(2);
});

const inSegment = (key: string): object => ({ conditions: { in_segment: key } });
const races: Record<string, [first: () => Promise<unknown>, second: () => Promise<unknown>, refusal: string]> = {
  'a segment goes that was just used by a flag': [
    () => two.flags.setFlag('a', inSegment('s')),
    () => one.flags.deleteSegment('s'),
    'is used by 1 flag',
  ],
  'a segment goes that was just used by a test': [
    () =>
      two.abTests.createTest({ testId: 'x', controlComponent: 'c', treatmentComponent: 'd', eligibility: { in_segment: 's' } }),
    () => one.flags.deleteSegment('s'),
    'and 1 test ("x")',
  ],
  'a flag names a segment that has just gone': [
    () => two.flags.deleteSegment('s'),
    () => one.flags.setFlag('a', inSegment('s')),
    'does not exist',
  ],
  'two segments come to name each other': [
    () => two.flags.setSegment('s', { condition: { in_segment: 't' } }),
    () => one.flags.setSegment('t', { condition: { in_segment: 's' } }),
    'circle',
  ],
  'two flags come to need each other': [
    () => two.flags.setFlag('a', { prerequisites: [{ flag: 'b', variants: ['on'] }] }),
    () => one.flags.setFlag('b', { prerequisites: [{ flag: 'a', variants: ['on'] }] }),
    'circle',
  ],
  'a flag is archived that another has just come to need': [
    () => two.flags.setFlag('a', { prerequisites: [{ flag: 'b', variants: ['on'] }] }),
    () => one.flags.archiveFlag('b'),
    '1 flag needs it',
  ],
  'a variant goes that another flag has just come to need': [
    () => two.flags.setFlag('a', { prerequisites: [{ flag: 'colours', variants: ['blue'] }] }),
    () => one.flags.setFlag('colours', { variants: { red: 1, green: 2 } }),
    'blue',
  ],
};

for (const [what, [first, second, refusal]] of Object.entries(races))
  it(`${what}: the second of two processes is refused`, async () => {
    await first();
    await expect(second()).rejects.toThrow(refusal);
  });
