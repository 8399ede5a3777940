import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice as create, SluiceError, type SluiceOptions } from 'sluice';
import { expect, it } from 'vitest';

it('kills whatever the store does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  const file = join(folder, 'feature_flags.json');
  const before = create({ file });
  await before.flags.setFlag('checkout', { enabled: true });
  await before.close();
  const createSluice = (options: SluiceOptions) => create({ ...options, breakGlass: { file: join(folder, 'kills') } });
  // #region kill
  const sluice = createSluice({ file, breakGlass: { file: '/run/sluice/kills', deadlineMs: 2_000 } });
  const result = await sluice.rollbacks.rollbackImmediate('checkout', { reason: 'error spike', actor: 'ann' });
  if (!result.durable) console.warn(`${result.status}: ${sluice.flags.listPendingKills().length} pending`);
  // #endregion
  expect(result).toMatchObject({ durable: true, status: 'completed' });
  await sluice.close();
  await rm(folder, { recursive: true });
});

it('goes back to a version whatever the store does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  const sluice = create({ file: join(folder, 'feature_flags.json') });
  for (const version of ['1.0.0', '2.0.0']) await sluice.hotSwap.registerVersion('ner_model', version);
  await sluice.hotSwap.swapTo('ner_model', '2.0.0');
  const store = sluice.flags.runtime.store;
  const commit = store.commit;
  store.commit = () => Promise.reject(new SluiceError('unavailable', 'the disk is full'));
  // #region to-version
  const back = await sluice.rollbacks.rollbackImmediate('ner_model', { reason: 'finds nobody', rollbackToVersion: '1.0.0' });
  const pending = sluice.flags.listPendingKills(); // empty once the store has it
  // #endregion
  expect(back).toMatchObject({ status: 'awaitingStore', durable: false, fromPercentage: 100, toPercentage: 0 });
  expect(pending).toMatchObject([{ flag: 'ner_model', act: 'toVersion', toVersion: '1.0.0' }]);
  expect(sluice.flags.getVariant('ner_model')).toBe('1.0.0');
  store.commit = commit;
  // The next change brings it there before itself.
  await sluice.flags.setFlag('ner_model', { description: 'finds people' });
  expect(sluice.flags.listPendingKills()).toEqual([]);
  expect(sluice.flags.getFlag('ner_model')).toMatchObject({ offVariant: '1.0.0', durable: true });
  await sluice.close();
  await rm(folder, { recursive: true });
});
