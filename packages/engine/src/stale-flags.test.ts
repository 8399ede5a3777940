import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const DAY = 86_400_000;

it('flags that outlived their use are listed with what shows it, counted over all processes', async () => {
  const clock = manualClock(1_700_000_000_000);
  const store = memoryStore();
  const { flags, rollouts, abTests } = createSluice({ store, clock });
  const other = createSluice({ store, clock });
  const expires = new Date(clock.now() + 5 * DAY).toISOString();
  await flags.setFlag('dated', { enabled: true, rolloutPercentage: 50, expires, owner: 'ann', tags: ['shop'] });
  await flags.setFlag('settled', { enabled: true });
  await flags.setFlag('resting', { enabled: true, tags: ['permanent'] });
  await flags.setFlag('base', { enabled: true, rolloutPercentage: 50 });
  await flags.setFlag('above', { enabled: true, rolloutPercentage: 50, prerequisites: [{ flag: 'base', variants: ['on'] }] });
  await flags.setFlag('moving', { enabled: true, rolloutPercentage: 0 });
  await abTests.createTest({ testId: 'cta', controlComponent: 'a', treatmentComponent: 'b', durationDays: 1 });
  await abTests.startTest('cta');
  await rollouts.startRollout('moving', {
    strategy: 'percentage',
    stages: [1, 100],
    unvalidated: true,
    autoAdvance: false,
    tickMs: DAY,
  });
  expect(await flags.listStale()).toEqual([]);
  await clock.advance(9 * DAY);
  for (const name of ['settled', 'above', 'dated', 'moving', 'cta']) other.flags.isEnabled(name, { userId: 'u' });
  await other.flags.runtime.facts.flush();
  expect((await flags.listStale()).map(({ name, signs, owner }) => [name, signs.map(({ sign }) => sign).join(), owner])).toEqual([
    ['cta', 'servesOne,testOver', null],
    ['dated', 'expired', 'ann'],
    ['settled', 'servesOne', null],
  ]);
  const [settled] = (await flags.listStale({ settledDays: 9, unusedDays: 60 })).filter(({ name }) => name === 'settled');
  expect(settled).toMatchObject({
    lastEvaluatedAt: new Date(clock.now()),
    signs: [{ since: new Date(clock.now() - 9 * DAY), message: 'everybody gets "on", and nobody changed it for 9 days' }],
  });
  await clock.advance(10 * DAY);
  expect((await flags.listStale()).find(({ name }) => name === 'above')?.signs).toMatchObject([{ sign: 'notEvaluated' }]);
  flags.isEnabled('above', { userId: 'u' });
  expect((await flags.listStale()).map(({ name }) => name)).not.toContain('above');
  await expect(flags.listStale({ unusedDays: -1 })).rejects.toMatchObject({ code: 'invalid' });
});
