import { expect, it } from 'vitest';
import { ABTestManager } from './ab-test-manager.ts';
import { HotSwapManager } from './hot-swap-manager.ts';
import { RollbackManager } from './rollback-manager.ts';
import { RolloutManager } from './rollout-manager.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

it('refuses an option that is misspelt, and changes nothing', async () => {
  const sluice = createSluice({ store: memoryStore() });
  const { flags } = sluice;
  await flags.setFlag('f', { enabled: true, rolloutPercentage: 10 });
  const document = await sluice.export();
  const misspelt = { reson: 'pager' } as object;
  const calls: Record<string, () => Promise<unknown>> = {
    setFlag: () => flags.setFlag('f', { enabled: false }, misspelt),
    setRolloutPercentage: () => flags.setRolloutPercentage('f', 5, misspelt),
    enableFlag: () => flags.enableFlag('f', misspelt),
    disableFlag: () => flags.disableFlag('f', misspelt),
    restoreFlag: () => flags.restoreFlag('f', misspelt),
    addUserToFlag: () => flags.addUserToFlag('f', 'ann', misspelt),
    removeUserFromFlag: () => flags.removeUserFromFlag('f', 'ann', misspelt),
    addGroupToFlag: () => flags.addGroupToFlag('f', 'staff', misspelt),
    removeGroupFromFlag: () => flags.removeGroupFromFlag('f', 'staff', misspelt),
    archiveFlag: () => flags.archiveFlag('f', misspelt),
    scheduleEdit: () => flags.scheduleEdit('f', { enabled: false }, { at: Date.now() + 60_000, ...misspelt }),
    cancelScheduledEdit: () => flags.cancelScheduledEdit('f#1', misspelt),
    setSegment: () => flags.setSegment('s', { members: ['ann'] }, misspelt),
    import: () => sluice.import(document, { reason: 'move', ...misspelt }),
  };
  for (const [name, call] of Object.entries(calls))
    await expect(call(), name).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: '/reson', message: expect.stringContaining('there are reason, actor') }],
    });
  await expect(flags.restoreFlag('f', { force: true } as object)).rejects.toThrow('/force is not an option of restoreFlag("f")');
  expect(flags.getFlag('f')).toMatchObject({ revision: 1, servedPercentage: 10 });
  expect(flags.getSegment('s')).toBeUndefined();
});

it('refuses options that are none, as a SluiceError', async () => {
  const { flags } = createSluice({ store: memoryStore() });
  for (const call of [
    () => flags.setFlag('f', {}, null as never),
    () => flags.enableFlag('f', null as never),
    () => flags.setRolloutPercentage('f', 1, 'pager' as never),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('must be an object') });
});

it('refuses a manager over nothing, and a call without its options, as a SluiceError', async () => {
  for (const make of [RolloutManager, RollbackManager, HotSwapManager, ABTestManager] as (new (
    flags: never,
  ) => unknown)[])
    expect(() => new make(undefined as never)).toThrow('takes a FeatureFlagManager; it was given');
  const { abTests } = createSluice({ store: memoryStore() });
  await expect(abTests.shipWinner('t', undefined as never)).rejects.toThrow('shipWinner("t"): the options must be an object');
});

it('refuses a reason or actor that is too long or no Unicode, but kills and rolls back with what can be kept of it', async () => {
  const { flags, rollbacks } = createSluice({ store: memoryStore() });
  await flags.setFlag('f', { enabled: true });
  const long = 'x'.repeat(10_001);
  const edit = (options: object) => flags.setRolloutPercentage('f', 50, options);
  const refused = (path: string, message: string) => ({
    code: 'invalid',
    issues: [{ path, message: expect.stringContaining(message) }],
  });
  await expect(edit({ reason: long })).rejects.toMatchObject(refused('/reason', 'at most 10000 characters; it has 10001'));
  await expect(edit({ reason: 'a\ud800' })).rejects.toMatchObject(refused('/reason', 'at index 1'));
  await expect(edit({ actor: '\udc00' })).rejects.toMatchObject(refused('/actor', 'at index 0'));
  await expect(edit({ actor: long })).rejects.toMatchObject(refused('/actor', 'at most 512 characters'));
  expect(flags.getFlag('f')).toMatchObject({ revision: 1 });
  await flags.disableFlag('f', { reason: `${long}\ud800` });
  expect(flags.getFlag('f')).toMatchObject({ status: 'disabled' });
  await flags.restoreFlag('f');
  await rollbacks.rollbackImmediate('f', { reason: 'a\ud800' });
  expect((await rollbacks.getRollbackHistory()).map(({ reason }) => reason)).toContain('a\ufffd');
});
