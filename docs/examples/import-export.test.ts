import { createSluice, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('moves everything from one Sluice to another', async () => {
  const staging = createSluice({ store: memoryStore() });
  await staging.flags.setFlag('checkout', { enabled: true, rolloutPercentage: 25 });
  const production = createSluice({ store: memoryStore() });
  // #region transfer
  const document = await staging.export(); // JSON: write it to a file, keep it in a repository
  const plan = await production.import(document, { reason: 'release 42', onExisting: 'merge', dryRun: true });
  for (const { outcome, kind, key, message } of plan.entries) console.log(outcome, kind, key, message);
  await production.import(document, { reason: 'release 42', actor: 'ann', onExisting: 'merge' });
  // #endregion
  expect(plan.entries).toMatchObject([{ outcome: 'create', kind: 'flag', key: 'checkout' }]);
  expect(production.flags.getFlag('checkout')).toMatchObject({ servedPercentage: 25 });
});
