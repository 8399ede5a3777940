import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice as create, type SluiceOptions } from 'sluice';
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
