import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { createSluice, type Sluice } from '../sluice.ts';
import { fileStore } from './file-store.ts';

let directory: string;
let file: string;
let sluice: Sluice;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(directory, 'flags.json');
  const clock = manualClock(1_700_000_000_000);
  sluice = createSluice({ store: fileStore(file, { clock, watch: false }), clock });
  await sluice.flags.setFlag('other', { enabled: true });
});
afterEach(async () => {
  await sluice.close();
  await rm(directory, { recursive: true });
});

/** Rewrites the entry of one flag as somebody with an editor would; null takes it out. */
async function edit(name: string, change: object | null): Promise<void> {
  const content = JSON.parse(readFileSync(file, 'utf8')) as { flags: { name: string }[] };
  const flags = content.flags.flatMap((flag) => (flag.name !== name ? [flag] : change === null ? [] : [{ ...flag, ...change }]));
  writeFileSync(file, JSON.stringify({ flags }));
  await sluice.flags.reload();
}

async function startTest(): Promise<void> {
  await sluice.abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b' });
  await sluice.abTests.startTest('t');
  sluice.abTests.getVariant('t', { userId: 'before' });
}

describe('an edit of the flag file by hand', () => {
  it.each([
    ['kills', { status: 'disabled' }],
    ['takes out', null],
  ])('that %s a flag ends the test which moved its share, and nobody is exposed any more', async (_verb, change) => {
    await startTest();
    await edit('t', change);
    expect(sluice.abTests.getTest('t')).toMatchObject({ phase: 'stopped' });
    expect(sluice.flags.getFlag('t')?.shareOwner).toBeNull();
    expect(sluice.abTests.getVariant('t', { userId: 'after' })).toBe('control');
    const { sampleSizes } = await sluice.abTests.getTestResults('t');
    expect(sampleSizes.control + sampleSizes.treatment).toBe(1);
  });

  it('that kills a flag ends its rollout in the same commit', async () => {
    await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await sluice.rollouts.startRollout('f', { strategy: 'canary', validate: () => true });
    await edit('f', { status: 'disabled' });
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'aborted' });
    expect(sluice.flags.getFlag('f')).toMatchObject({ status: 'disabled', shareOwner: null, rolloutPercentage: 1 });
  });

  it('that moves a share leaves its rollout in charge, held for drift', async () => {
    await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await sluice.rollouts.startRollout('f', { strategy: 'canary', validate: () => true });
    await edit('f', { rollout_percentage: 40 });
    expect(sluice.flags.getFlag('f')).toMatchObject({ servedPercentage: 40, shareOwner: { kind: 'rollout', key: 'f' } });
  });
});
