import { FeatureFlagManager, manualClock, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('finds the flags that may go, as the guide says', async () => {
  const clock = manualClock(Date.parse('2027-01-01T00:00:00Z'));
  const flags = new FeatureFlagManager({ store: memoryStore(), clock });
  const lines: string[] = [];
  // #region stale
  await flags.setFlag('new_checkout', { enabled: true, owner: 'shop', expires: '2027-03-31T00:00:00Z' });
  await flags.setFlag('maintenance', { enabled: false, tags: ['permanent'] }); // is meant to stay and to rest
  await clock.advance(100 * 86_400_000);

  for (const { name, owner, signs } of await flags.listStale({ unusedDays: 30, settledDays: 14 }))
    for (const { message } of signs) lines.push(`${name} (${owner}): ${message}`);
  // #endregion
  expect(lines).toEqual([
    'new_checkout (shop): it was to be gone by 2027-03-31T00:00:00.000Z; take it out of the code and archive it, or give it a later expires',
    'new_checkout (shop): nobody asked it for 100 days, ever since it was created',
    'new_checkout (shop): everybody gets "on", and nobody changed it for 100 days',
  ]);
});
