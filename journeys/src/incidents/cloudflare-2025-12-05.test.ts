/**
 * Cloudflare, 5 December 2025: a kill switch, thrown everywhere at once, led onto a path that had never run, and that path crashed.
 * The preflight walks the way back before anybody is led forward: what cannot be gone back to, or would not be what was, gets no traffic.
 */
import { eventOf, type Flag } from '@sluice/core';
import { createSluice, manualClock, memoryStore, type StartRolloutOptions } from 'sluice';
import { expect, it } from 'vitest';
import { BY, HOUR, MINUTE, people, START, servedOf } from './incident.testing.ts';

const crowd = people(500).map((unit, index) => ({ ...unit, groups: index % 5 === 0 ? ['internal', 'f-preview'] : [] }));

function world() {
  const clock = manualClock(START);
  return { clock, ...createSluice({ store: memoryStore(), clock }) };
}

it('refuses to lead anybody away from a version whose code fails when it is needed', async () => {
  const { hotSwap, rollouts, clock } = world();
  await hotSwap.registerVersion('waf', '1.0.0', (): string => {
    throw new TypeError("attempt to index field 'execute' (a nil value)");
  });
  await hotSwap.registerVersion('waf', '2.0.0', () => 'new rules');
  const status = await rollouts.startRollout('waf', { strategy: 'canary', toVersion: '2.0.0', unvalidated: true });
  expect(status).toMatchObject({ phase: 'failed', error: expect.stringContaining('the way back does not work') });
  await clock.advance(HOUR);
  expect(hotSwap.versions('waf').map(({ servedPercentage }) => servedPercentage)).toEqual([100, 0]);
});

it('refuses to open the first stage when going back would not give what is there now', async () => {
  const sluice = world();
  const { clock, flags, rollouts } = sluice;
  await flags.setFlag('f', { enabled: true, rolloutPercentage: 10 });
  await rollouts.startRollout('f', { strategy: 'canary', unvalidated: true, startAt: START + HOUR });
  await flags.setRolloutPercentage('f', 2, { force: true, ...BY });
  const before = servedOf(sluice, 'f', crowd);
  await clock.advance(2 * HOUR);
  expect(rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'failed', stage: null, error: expect.stringContaining('back') });
  expect(servedOf(sluice, 'f', crowd)).toEqual(before);
  expect(flags.getFlag('f')).toMatchObject({ rolloutPercentage: 2, shareOwner: null });
});

it('refuses to open the first stage when the kill switch would lead where nothing is', async () => {
  const store = memoryStore();
  const clock = manualClock(START);
  const { flags, rollouts } = createSluice({ store, clock });
  await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  await rollouts.startRollout('f', { strategy: 'canary', unvalidated: true, startAt: START + HOUR });
  // No manager writes a flag without its off variant; another program over the same store may.
  const flag = (await store.read()).records.find((record) => record.kind === 'flag');
  if (flag === undefined) throw new Error('the flag is not kept');
  const broken: Flag = { ...flag, revision: flag.revision + 1, variants: { on: true } };
  await store.commit({ records: [broken], events: [eventOf('flag.updated', broken, BY, START)] });
  await clock.advance(2 * HOUR);
  const error = expect.stringContaining('the kill switch does not give "off" in stage 1');
  expect(rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'failed', stage: null, error });
  expect(flags.getFlag('f')).toMatchObject({ servedPercentage: 0 });
});

it('refuses a move that no way back would undo', async () => {
  const { flags, rollouts } = world();
  await flags.setFlag('f', {
    variants: { none: 0, old: 1, new: 2 },
    offVariant: 'none',
    onVariant: 'old',
    rolloutPercentage: 30,
    enabled: true,
  });
  const status = await rollouts.startRollout('f', { strategy: 'canary', unvalidated: true, toVariant: 'new' });
  expect(status).toMatchObject({ phase: 'failed', error: expect.stringContaining('bring that to 0 or 100 %') });
  expect(flags.getFlag('f')).toMatchObject({ onVariant: 'old', rolloutPercentage: 30 });
});

const strategies: readonly StartRolloutOptions[] = [{ strategy: 'canary' }, { strategy: 'ring' }, { strategy: 'blueGreen' }];

it.each(strategies)('finds the kill to give off to everybody in every stage, as rehearsed: $strategy', async (options) => {
  for (let stage = 0, isMore = true; isMore; stage++) {
    const sluice = world();
    const { clock, flags, rollouts } = sluice;
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 0, enabledUsers: ['user-1'] });
    const { stagePercentages } = await rollouts.startRollout('f', { ...options, unvalidated: true, bakeMs: MINUTE });
    while (rollouts.getRolloutStatus('f')?.stage !== stage) await clock.advance(MINUTE);
    expect(servedOf(sluice, 'f', crowd).length).toBeGreaterThan(1);
    await flags.disableFlag('f', BY);
    expect(servedOf(sluice, 'f', crowd)).toEqual([]);
    await clock.advance(HOUR);
    expect(servedOf(sluice, 'f', crowd)).toEqual([]);
    isMore = stage + 1 < stagePercentages.length;
  }
});
