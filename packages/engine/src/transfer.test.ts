import { describe, expect, it } from 'vitest';
import { faultyStore } from './break-glass/faulty-store.testing.ts';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const MINUTE = 60_000;

function world() {
  const clock = manualClock(1_700_000_000_000);
  const store = faultyStore(memoryStore());
  return { clock, store, ...createSluice({ store, clock }) };
}

async function source() {
  const made = world();
  await made.flags.setFlag('checkout', { enabled: true, rolloutPercentage: 25, conditions: { plan: 'pro' }, tags: ['shop'] });
  await made.flags.setFlag('old', { enabled: true });
  await made.flags.archiveFlag('old');
  await made.flags.setFlag('done', { enabled: true, rolloutPercentage: 0 });
  await made.rollouts.startRollout('done', { strategy: 'percentage', stages: [100], unvalidated: true, bakeMs: 1_000 });
  await made.abTests.createTest({ testId: 'cta', controlComponent: 'a', treatmentComponent: 'b', trackedMetrics: ['latency'] });
  await made.clock.advance(MINUTE);
  return made;
}

describe('export and import', () => {
  it('bring everything to an empty store, whole, so that units are served the same', async () => {
    const from = await source();
    const document = JSON.parse(JSON.stringify(await from.export())) as Awaited<ReturnType<typeof from.export>>;
    const to = world();
    const result = await to.import(document, { reason: 'move', actor: 'ann' });
    expect(result.changed).toBe(true);
    expect(result.entries.map(({ kind, key, outcome }) => `${outcome} ${kind} ${key}`)).toEqual([
      'create flag checkout',
      'create flag cta',
      'create flag done',
      'create flag old',
      'create experiment cta',
      'create rollout done',
    ]);
    expect({ ...(await to.export()), exportedAt: '' }).toEqual({ ...document, exportedAt: '' });
    const units = Array.from({ length: 500 }, (_, i) => ({ userId: `u${i}`, attributes: { plan: 'pro' } }));
    const served = (sluice: typeof to) => units.map((unit) => sluice.flags.isEnabled('checkout', unit));
    expect(served(to)).toEqual(served(from));
    await expect(to.flags.setFlag('old', { enabled: true })).rejects.toThrow('archived');
    await to.abTests.startTest('cta');
    const log = await to.store.log({ scope: to.flags.runtime.view.scope, types: ['flag.created', 'rollout.imported'] });
    expect(log.at(-1)).toMatchObject({ type: 'rollout.imported', actor: 'ann', reason: 'move', detail: { imported: true } });
  });

  it('start nothing: what was running there does not move here', async () => {
    const from = await source();
    await from.flags.setFlag('moving', { enabled: true, rolloutPercentage: 5 });
    await from.rollouts.startRollout('moving', { strategy: 'canary', validate: () => true });
    await from.abTests.startTest('cta');
    await from.clock.advance(6 * MINUTE);
    expect(from.flags.getFlag('moving')?.servedPercentage).toBe(25);
    const to = world();
    await to.import(await from.export(), { reason: 'move' });
    await to.clock.advance(24 * 60 * MINUTE);
    expect(to.flags.getFlag('moving')).toMatchObject({ servedPercentage: 5, shareOwner: null });
    expect(to.rollouts.getRolloutStatus('moving')).toMatchObject({ phase: 'aborted' });
    expect(to.abTests.getTest('cta')).toMatchObject({ phase: 'draft', startedAt: null });
    expect(to.flags.getFlag('cta')).toMatchObject({ servedPercentage: 0 });
  });

  it('say what they would do and do nothing in a dry run, and nothing at all when one record is refused', async () => {
    const from = await source();
    const document = await from.export();
    const to = world();
    await to.flags.setFlag('checkout', { enabled: true, rolloutPercentage: 1 });
    const dry = await to.import(document, { reason: 'look', dryRun: true });
    expect(dry).toMatchObject({
      changed: false,
      entries: expect.arrayContaining([expect.objectContaining({ outcome: 'refused' })]),
    });
    await expect(to.import(document, { reason: 'move' })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('nothing was imported. flag "checkout": it is there already and differs'),
    });
    expect(to.flags.listFlags().map(({ name }) => name)).toEqual(['checkout']);
    to.store.fault = 'unavailable';
    await expect(to.import(document, { reason: 'move', onExisting: 'merge' })).rejects.toMatchObject({ code: 'unavailable' });
    expect(to.flags.listFlags()).toHaveLength(1);
    to.store.fault = null;
    await to.import(document, { reason: 'move', onExisting: 'merge' });
    expect(to.flags.getFlag('checkout')).toMatchObject({ servedPercentage: 25, revision: 2 });
    expect(await to.import(document, { reason: 'again' })).toMatchObject({ changed: false });
  });

  it('archive every flag only when forced, where the document has none', async () => {
    const { flags, ...sluice } = world();
    const empty = await sluice.export();
    await flags.setFlag('f', { enabled: true });
    const options = { reason: 'r', onExisting: 'replace' } as const;
    await expect(sluice.import(empty, options)).rejects.toThrow('flag "f": the document has no flags; pass force: true');
    expect(flags.listFlags()).toHaveLength(1);
    await sluice.import(empty, { ...options, force: true });
    expect(flags.listFlags()).toEqual([]);
  });

  it('refuse a document that is wrong, with every place at once, and calls without a reason', async () => {
    const to = world();
    const document = { ...(await to.export()), flags: [{ name: '' }], version: 1 };
    await expect(to.import(document, { reason: 'r' })).rejects.toMatchObject({
      code: 'invalid',
      issues: expect.arrayContaining([
        expect.objectContaining({ path: '/flags/0/name' }),
        expect.objectContaining({ path: '/flags/0/status' }),
      ]),
    });
    await expect(to.import(document, {} as never)).rejects.toThrow('import needs a reason');
    await expect(to.import(document, { reason: 'r', onExisting: 'clobber' as never })).rejects.toThrow(
      'onExisting must be one of',
    );
  });
});
