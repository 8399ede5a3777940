/** A process that a release left out: everybody was moved to a version that it was never given. */
import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import { ANN, C, Model } from './world.testing.ts';

async function leftOut() {
  Model.made = [];
  const [store, clock] = [memoryStore(), manualClock(1_700_000_000_000)];
  const [released, forgotten] = [createSluice({ store, clock }), createSluice({ store, clock })];
  const load = (version: string) => () => new Model(version);
  for (const version of ['1.0.0', '2.0.0']) await released.hotSwap.registerVersion(C, version, load(version));
  await forgotten.hotSwap.registerVersion(C, '1.0.0', load('1.0.0'));
  const served = () => forgotten.hotSwap.use(C, ANN, (model: Model) => model.version);
  expect(await served()).toBe('1.0.0');
  await released.hotSwap.swapTo(C, '2.0.0');
  await clock.advance(0);
  return { clock, released, forgotten, load, served };
}

describe('a process that was never given the stable version', () => {
  it('runs nothing from before it, says what it lacks, and lets the old version go', async () => {
    const { forgotten, served } = await leftOut();
    await expect(served()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('version 2.0.0 has no loader in this process'),
    });
    expect(forgotten.hotSwap.versions(C).find(({ version }) => version === '1.0.0')?.state).toBe('disposed');
  });

  it('serves it from the moment on that it is given', async () => {
    const { forgotten, load, served } = await leftOut();
    await forgotten.hotSwap.registerVersion(C, '2.0.0', load('2.0.0'));
    expect(await served()).toBe('2.0.0');
  });

  it('goes on with the version before where it was given one that does not load', async () => {
    const { forgotten, served } = await leftOut();
    await forgotten.hotSwap.registerVersion(C, '2.0.0', () => {
      throw new Error('the disk is gone');
    });
    expect(await served()).toBe('1.0.0');
  });

  it('is served the old version again when all go back to it', async () => {
    const { clock, released, served } = await leftOut();
    await released.rollbacks.rollbackImmediate(C, { reason: 'finds nobody', rollbackToVersion: '1.0.0' });
    await clock.advance(0);
    expect(await served()).toBe('1.0.0');
  });
});
