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

it('overrides flags in one process, as the guide says', async () => {
  // #region overrides
  const { flags } = createSluice({ store: memoryStore(), overrides: { new_model: true, theme: 'dark' } });
  const isNew = flags.isEnabled('new_model', { userId: 'anybody' }); // true, though nobody has set the flag
  flags.override('theme', 'light'); // in the middle of a test
  const theme = flags.getVariant('theme');
  flags.clearOverrides(); // what is kept is served again
  // #endregion
  expect([isNew, theme, flags.isEnabled('new_model')]).toEqual([true, 'light', false]);
});
