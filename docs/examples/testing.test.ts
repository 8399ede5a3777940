import { createSluice, manualClock, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

// #region testing
it('opens the feature to everybody within half an hour', async () => {
  const clock = manualClock(Date.parse('2027-01-31T09:00:00Z'));
  const sluice = createSluice({ store: memoryStore(), clock });
  const heard: string[] = [];
  sluice.on('rollout.advanced', (event) => heard.push(`${event.detail.percentage} %`));
  await sluice.flags.setFlag('checkout', { enabled: true, rolloutPercentage: 0 });

  await sluice.rollouts.startRollout('checkout', { strategy: 'canary', validate: () => true });
  await clock.advance(31 * 60_000); // everything that became due has happened

  expect(sluice.flags.isEnabled('checkout', { userId: 'anybody' })).toBe(true);
  expect(heard).toEqual(['1 %', '5 %', '10 %', '25 %', '50 %']);
});
// #endregion
