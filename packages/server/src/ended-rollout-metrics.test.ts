import { afterEach, beforeEach, expect, it } from 'vitest';
import { type World, world } from './world.testing.ts';

let at: World;
beforeEach(async () => {
  at = await world();
});
afterEach(() => at.close());

const endsTold = async (): Promise<string[]> =>
  (await at.ask('GET', '/metrics')).text.split('\n').filter((line) => line.startsWith('sluice_rollout_ended_timestamp_seconds{'));

it('the latest rollout of a flag tells when it ended and how, and nothing while it is under way', async () => {
  const { flags, rollouts } = at.sluice;
  await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  let isGood = false;
  const settings = { strategy: 'percentage', stages: [20, 50], bakeMs: 1_000, minExposures: 0, validate: () => isGood } as const;
  await rollouts.startRollout('f', settings);
  expect(await endsTold()).toEqual([]);
  const look = async () => {
    await at.clock.advance(1_000);
    return rollouts.getRolloutStatus('f')?.phase;
  };
  await expect.poll(look).toBe('failed');
  const ended = (rollouts.getRolloutStatus('f')?.endedAt?.getTime() ?? 0) / 1000;
  expect(await endsTold()).toEqual([
    `sluice_rollout_ended_timestamp_seconds{project="shop",environment="production",flag="f",phase="failed"} ${ended}`,
  ]);
  isGood = true;
  await rollouts.startRollout('f', settings);
  expect(await endsTold()).toEqual([]);
  await expect.poll(look).toBe('completed');
  expect(await endsTold()).toEqual([expect.stringMatching(/phase="completed"\} \d+/)]);
});
