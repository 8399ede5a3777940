import { createSluice, manualClock, memoryStore, RolloutStrategy } from 'sluice';
import { expect, it } from 'vitest';

const MINUTE = 60_000;
async function start() {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setFlag('new_feature', { enabled: true, rolloutPercentage: 0 });
  return { ...sluice, clock, share: () => sluice.flags.getFlag('new_feature')?.servedPercentage };
}
const validate = () => true;

it('canary', async () => {
  const { clock, rollouts, share } = await start();
  // #region canary
  await rollouts.startRollout('new_feature', {
    strategy: RolloutStrategy.CANARY, // 1 → 5 → 10 → 25 → 50 → 100 %, five minutes each
    validate,
    targetPercentage: 100,
  });
  // #endregion
  const shares = [share()];
  while (rollouts.getRolloutStatus('new_feature')?.phase !== 'completed') {
    await clock.advance(5 * MINUTE + 1000);
    shares.push(share());
  }
  expect(shares).toEqual([1, 5, 10, 25, 50, 100, 100]);
});

it('blue-green', async () => {
  const { clock, flags, rollouts, share } = await start();
  // #region blue-green
  await rollouts.startRollout('new_feature', { strategy: RolloutStrategy.BLUE_GREEN, validate });
  // #endregion
  expect(flags.isEnabled('new_feature', { userId: 'tester', groups: ['new_feature-preview'] })).toBe(true);
  expect(share()).toBe(0);
  await clock.advance(5 * MINUTE + 1000);
  expect(share()).toBe(100);
});

it('ring', async () => {
  const { clock, flags, rollouts } = await start();
  // #region ring
  await rollouts.startRollout('new_feature', { strategy: RolloutStrategy.RING, validate });
  flags.isEnabled('new_feature', { userId: 'ann', groups: ['internal'] }); // true from the first ring on
  flags.isEnabled('new_feature', { userId: 'bob', groups: ['beta'] }); // true from the second
  // #endregion
  expect(flags.isEnabled('new_feature', { userId: 'ann', groups: ['internal'] })).toBe(true);
  expect(flags.isEnabled('new_feature', { userId: 'bob', groups: ['beta'] })).toBe(false);
  await clock.advance(5 * MINUTE + 1000);
  expect(flags.isEnabled('new_feature', { userId: 'bob', groups: ['beta'] })).toBe(true);
});

it('percentage, with criteria on the own collector and a person at each stage', async () => {
  const { clock, metrics, rollouts, share, flags } = await start();
  // #region percentage
  await rollouts.startRollout('new_feature', {
    strategy: RolloutStrategy.PERCENTAGE,
    stages: [20, 60, 100],
    bakeMs: 10 * MINUTE,
    criteria: [
      { metric: 'errorRate', versusControl: 1.2 }, // beside what is served without it
      { metric: 'p95', max: 1000 }, // a promise to users, whatever is served beside it
    ],
    autoAdvance: false,
  });
  // #endregion
  // #region record
  const serve = (userId: string, work: () => void): void => {
    const labels = { flag: 'new_feature', variant: flags.getVariant('new_feature', { userId }) ?? 'off', unit: userId };
    const startedAt = clock.now();
    metrics.count('requests', labels);
    try {
      work();
      metrics.observe('latency', clock.now() - startedAt, labels);
    } catch (error) {
      metrics.count('errors', labels);
      throw error;
    }
  };
  // #endregion
  for (let second = 0; second < 660; second++) {
    for (let request = 0; request < 5; request++) serve(`user-${second * 5 + request}`, () => {});
    await clock.advance(1000);
  }
  expect(rollouts.getRolloutStatus('new_feature')).toMatchObject({ phase: 'awaiting_approval', currentPercentage: 20 });
  // #region people
  await rollouts.approveStage('new_feature', { actor: 'ann', reason: 'errors and latency are flat' });
  await rollouts.pauseRollout('new_feature', { actor: 'ann', reason: 'release freeze over lunch' });
  await rollouts.resumeRollout('new_feature');
  await rollouts.promoteRollout('new_feature', { reason: 'incident elsewhere needs it' }); // recorded as without evidence
  await rollouts.abortRollout('new_feature', { reason: 'not today' }); // everybody has what they had before
  // #endregion
  expect(share()).toBe(0);
});

it('advises before it starts', async () => {
  const { rollouts } = await start();
  // #region advise
  const warnings = rollouts.advise('new_feature', { strategy: 'percentage', stages: [20, 60, 100], validate });
  // [ 'the first stage opens 20 % at once; …', 'stage 2 goes from 20 to 60 %, which is more than double' ]
  // #endregion
  expect(warnings).toHaveLength(2);
});

it('is compared with what is served beside it', async () => {
  const { flags, rollouts } = await start();
  await flags.setFlag('search_ranking', { enabled: true, rolloutPercentage: 0 });
  // #region versus-control
  await rollouts.startRollout('search_ranking', {
    strategy: RolloutStrategy.CANARY,
    criteria: [
      { metric: 'errorRate', versusControl: 1.2 }, // may fail up to 1.2 times as often as what is served beside it
      { metric: 'p95', versusControl: 1.2, slowerThan: 300 }, // may keep up to 1.2 times as many waiting for more than 300 ms
      { metric: 'mean(latency)', versusControl: 1.1, nonInferiority: true }, // must be shown to be below 1.1 times as slow
      { name: 'tail', metric: 'p95', max: 1000 }, // names tell two of one metric apart
    ],
  });
  // #endregion
  expect(rollouts.getRolloutStatus('search_ranking')).toMatchObject({ currentPercentage: 1 });
});
