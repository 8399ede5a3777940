import { createSluice, manualClock, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('waits for its instant, its approval and the end of a freeze, and may be refused', async () => {
  const clock = manualClock(Date.parse('2027-01-29T12:00:00Z'));
  const { flags, rollouts } = createSluice({ store: memoryStore(), clock });
  await flags.setFlag('new_feature', { enabled: true, rolloutPercentage: 0 });
  // #region start
  await rollouts.startRollout('new_feature', {
    strategy: 'canary',
    validate: () => true,
    autoAdvance: false, // each stage waits for approveStage
    startApproval: { expiresMs: 48 * 3_600_000 }, // and the start for approveStart
    startAt: '2027-02-01T08:00:00Z',
    approvalExpiryMs: 8 * 3_600_000,
    freezeWindows: [
      { from: '2027-02-12T00:00:00Z', to: '2027-02-15T00:00:00Z', reason: 'carnival' },
      { weekly: { days: ['fri'], from: '16:00', to: '24:00', timeZone: 'Europe/Berlin' }, reason: 'no Friday evenings' },
    ],
  });
  await rollouts.approveStart('new_feature', { actor: 'ann', reason: 'the plan is good' });
  // #endregion
  expect(rollouts.getRolloutStatus('new_feature')).toMatchObject({
    phase: 'pending',
    waitingFor: expect.stringContaining('2027-02-01'),
  });
  await clock.advanceTo(Date.parse('2027-02-01T08:06:00Z'));
  expect(rollouts.getRolloutStatus('new_feature')).toMatchObject({ phase: 'awaiting_approval', currentPercentage: 1 });
  // #region reject
  await rollouts.rejectRollout('new_feature', { actor: 'bea', reason: 'support is swamped' });
  // #endregion
  expect(rollouts.getRolloutStatus('new_feature')).toMatchObject({
    phase: 'rolled_back',
    currentPercentage: 0,
    endedBecause: 'rejected by bea: support is swamped',
  });
});

it('opens a stage at its instant, and none in a window of all rollouts', async () => {
  const clock = manualClock(Date.parse('2027-03-03T05:00:00Z'));
  // #region all-frozen
  const { flags, rollouts } = createSluice({
    store: memoryStore(),
    clock,
    freezeWindows: [{ from: '2027-12-20T00:00:00Z', to: '2028-01-03T00:00:00Z', reason: 'holidays' }],
  });
  // #endregion
  await flags.setFlag('new_feature', { enabled: true, rolloutPercentage: 0 });
  // #region not-before
  await rollouts.startRollout('new_feature', {
    strategy: 'percentage',
    stages: [5, 10, { percentage: 100, notBefore: '2027-03-03T08:00:00Z' }], // the last one on Wednesday morning
    validate: () => true,
  });
  // #endregion
  await clock.advanceTo(Date.parse('2027-03-03T07:59:00Z'));
  expect(rollouts.getRolloutStatus('new_feature')).toMatchObject({
    currentPercentage: 10,
    waitingFor: 'stage 3 is not opened before 2027-03-03T08:00:00.000Z',
  });
  await clock.advanceTo(Date.parse('2027-03-03T08:01:00Z'));
  expect(rollouts.getRolloutStatus('new_feature')).toMatchObject({ currentPercentage: 100 });
});
