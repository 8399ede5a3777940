/** A request that is done twice is done once, whichever call it is. */
import type { Receipt } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import type { ManualClock } from './clock/manual-clock.ts';
import { manualClock } from './clock/manual-clock.ts';
import type { MutationOptions } from './mutation.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';
import { SYSTEM, shopWorld, WHY } from './workspace/workspace.testing.ts';

interface World {
  readonly sluice: Sluice;
  readonly store: Store;
  readonly clock: ManualClock;
}
type Call = (world: World, options: MutationOptions) => Promise<unknown>;

const canary = { strategy: 'canary', unvalidated: true, minExposures: 0 } as const;
const settings = { controlComponent: 'a', treatmentComponent: 'b' };
const started: Call = ({ sluice }) => sluice.rollouts.startRollout('open', canary);
const swapped: Call = async ({ sluice }) => {
  await sluice.hotSwap.registerVersion('model', '1.0.0');
  await sluice.hotSwap.registerVersion('model', '2.0.0');
};
const tested: Call = ({ sluice }) => sluice.abTests.createTest({ testId: 't', ...settings });
const running: Call = async (world) => {
  await tested(world, {});
  await world.sluice.abTests.startTest('t');
};
const scheduled: Call = ({ sluice, clock }, options) =>
  sluice.flags.scheduleEdit('f', { tags: ['x'] }, { ...options, at: clock.now() + 9e8 });

/** What comes before, and the call. */
const CALLS: Readonly<Record<string, readonly [Call | null, Call]>> = {
  setFlag: [null, ({ sluice }, options) => sluice.flags.setFlag('new', {}, options)],
  enableFlag: [null, ({ sluice }, options) => sluice.flags.enableFlag('f', options)],
  disableFlag: [null, ({ sluice }, options) => sluice.flags.disableFlag('open', options)],
  archiveFlag: [null, ({ sluice }, options) => sluice.flags.archiveFlag('f', options)],
  addUserToFlag: [null, ({ sluice }, options) => sluice.flags.addUserToFlag('f', 'ann', options)],
  setSegment: [null, ({ sluice }, options) => sluice.flags.setSegment('s', { members: ['ann'] }, options)],
  scheduleEdit: [null, scheduled],
  cancelScheduledEdit: [
    (world) => scheduled(world, {}),
    ({ sluice }, options) => sluice.flags.cancelScheduledEdit('f#1', options),
  ],
  startRollout: [null, ({ sluice }, options) => sluice.rollouts.startRollout('open', { ...canary, ...options })],
  pauseRollout: [started, ({ sluice }, options) => sluice.rollouts.pauseRollout('open', options)],
  abortRollout: [started, ({ sluice }, options) => sluice.rollouts.abortRollout('open', options)],
  rollbackImmediate: [
    started,
    ({ sluice }, options) => sluice.rollbacks.rollbackImmediate('open', { reason: 'bad', ...options }),
  ],
  rollbackGradual: [
    ({ sluice }) => sluice.flags.setRolloutPercentage('open', 90),
    ({ sluice }, options) => sluice.rollbacks.rollbackGradual('open', { reason: 'bad', ...options }),
  ],
  rollbackTargeted: [
    null,
    ({ sluice }, options) => sluice.rollbacks.rollbackTargeted('open', { reason: 'bad', userIds: ['u'], ...options }),
  ],
  registerVersion: [null, ({ sluice }, options) => sluice.hotSwap.registerVersion('model', '1.0.0', undefined, options)],
  swapTo: [swapped, ({ sluice }, options) => sluice.hotSwap.swapTo('model', '2.0.0', options)],
  rollbackToVersion: [
    swapped,
    ({ sluice }, options) =>
      sluice.rollbacks.rollbackImmediate('model', { reason: 'bad', rollbackToVersion: '2.0.0', ...options }),
  ],
  retireVersion: [swapped, ({ sluice }, options) => sluice.hotSwap.retireVersion('model', '2.0.0', options)],
  createTest: [null, ({ sluice }, options) => sluice.abTests.createTest({ testId: 't', ...settings }, options)],
  startTest: [tested, ({ sluice }, options) => sluice.abTests.startTest('t', options)],
  stopTest: [running, ({ sluice }, options) => sluice.abTests.stopTest('t', options)],
  updateTest: [tested, ({ sluice }, options) => sluice.abTests.updateTest('t', { description: 'd' }, options)],
  import: [
    null,
    async ({ sluice }, options) => {
      const other = createSluice({ store: memoryStore() });
      await other.flags.setFlag('imported', {});
      return sluice.import(await other.export(), { reason: 'moved', ...options });
    },
  ],
};

async function worldOf(): Promise<World> {
  const [store, clock] = [memoryStore(), manualClock(1_700_000_000_000)];
  const sluice = createSluice({ store, clock });
  await sluice.flags.setFlag('f', {});
  await sluice.flags.setFlag('open', { enabled: true, rolloutPercentage: 0 });
  return { sluice, store, clock };
}

describe('a request', () => {
  const request: Receipt = { id: 'ann/1', fingerprint: 'POST /flags' };

  for (const [name, [before, call]] of Object.entries(CALLS))
    it(`makes one change by ${name}, also when what it did makes it impossible now`, async () => {
      const world = await worldOf();
      await before?.(world, {});
      await call(world, { request });
      const kept = await world.store.log({ scope: { project: 'default', environment: 'production' }, request: request.id });
      expect(kept.length).toBeGreaterThan(0);
      const { seq } = await world.store.read();
      const repeated = { code: 'repeated', repeats: request };
      await expect(call(world, { request: { ...request, fingerprint: 'other' } })).rejects.toMatchObject(repeated);
      expect((await world.store.read()).seq).toBe(seq);
    });

  it('names only the first of what a call commits', async () => {
    const { sluice, store, clock } = await worldOf();
    await sluice.rollouts.startRollout('open', { ...canary, request });
    await clock.advance(3_600_000);
    const log = await store.log({ scope: { project: 'default', environment: 'production' }, key: 'open' });
    const types = (isNamed: boolean): string[] =>
      log.filter(({ receipt }) => (receipt !== undefined) === isNamed).map(({ type }) => type);
    expect(types(true)).toContain('rollout.started');
    expect(types(true)).not.toContain('rollout.advanced');
    expect(types(false)).toContain('rollout.advanced');
  });

  it('that was refused may be done again', async () => {
    const { sluice } = await worldOf();
    await expect(sluice.flags.enableFlag('later', { request })).rejects.toMatchObject({ code: 'notFound' });
    await sluice.flags.setFlag('later', {});
    await sluice.flags.enableFlag('later', { request });
    expect(sluice.flags.getFlag('later')?.status).toBe('enabled');
  });

  it('does not lift the kill that it made', async () => {
    const { sluice } = await worldOf();
    await sluice.flags.setFlag('open', { rolloutPercentage: 100 });
    await sluice.flags.disableFlag('open', { request });
    await expect(sluice.flags.disableFlag('open', { request })).rejects.toMatchObject({ code: 'repeated' });
    expect(sluice.flags.isEnabled('open', { userId: 'u' })).toBe(false);
    await sluice.flags.restoreFlag('open');
    await expect(sluice.flags.disableFlag('open', { request })).rejects.toMatchObject({ code: 'repeated' });
    expect(sluice.flags.isEnabled('open', { userId: 'u' })).toBe(true);
  });

  it('must have an id and a fingerprint', async () => {
    const { sluice } = await worldOf();
    for (const bad of [{ id: '' }, { id: 'a' }, 'a', null, { id: 'a', fingerprint: 'x'.repeat(513) }])
      await expect(sluice.flags.setFlag('f', {}, { request: bad as never })).rejects.toMatchObject({
        code: 'invalid',
        issues: [{ path: '/request' }],
      });
  });

  it('makes one change of a workspace, in whichever of its scopes', async () => {
    const { workspace, store } = await shopWorld();
    const options = { ...WHY, request };
    await workspace.define('shop', 'f', {}, options);
    const repeated = { code: 'repeated', repeats: request };
    await expect(workspace.define('shop', 'f', { description: 'other' }, options)).rejects.toMatchObject(repeated);
    await expect(workspace.define('shop', 'f', {}, options)).rejects.toMatchObject(repeated);
    await expect(workspace.projects.create({ key: 'toys' }, options)).rejects.toMatchObject(repeated);
    await expect(workspace.environment('shop', 'staging').flags.enableFlag('f', options)).rejects.toMatchObject(repeated);
    const { flags } = workspace.environment('shop', 'production');
    const next = { ...WHY, request: { ...request, id: 'ann/2' } };
    await flags.setFlag('f', { tags: ['x'] }, next);
    await expect(flags.setFlag('f', { tags: ['x'] }, next)).rejects.toMatchObject({ code: 'repeated', repeats: next.request });
    await expect(
      workspace.access.createPerson({ email: 'ann@example.com', roles: { shop: 'viewer' } }, { ...SYSTEM, request }),
    ).rejects.toMatchObject(repeated);
    const found = await workspace.history({ project: 'shop', request: request.id });
    expect(found.events.map(({ type }) => type)).toEqual(Array(3).fill('flag.created'));
    expect((await store.read()).seq).toBe(7);
  });
});
