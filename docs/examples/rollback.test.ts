import { createSluice, manualClock, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('rolls back at once, step by step, and for named users', async () => {
  const clock = manualClock(1_700_000_000_000);
  const { flags, rollbacks } = createSluice({ store: memoryStore(), clock });
  for (const name of ['new_ner_model', 'slow_feature', 'feature_name']) await flags.setFlag(name, { enabled: true });
  // #region immediate
  const result = await rollbacks.rollbackImmediate('new_ner_model', { reason: 'High error rate detected' });
  // #endregion
  expect(result).toMatchObject({ changed: true, fromPercentage: 100, toPercentage: 0, status: 'completed' });
  // #region gradual
  const rollback = await rollbacks.rollbackGradual('slow_feature', {
    reason: 'Performance issues',
    stages: [75, 50, 25, 0],
    intervalMs: 60_000,
  });
  const finished = rollback.completed();
  // #endregion
  await clock.advance(3 * 60_000 + 1000);
  expect(await finished).toMatchObject({ toPercentage: 0, status: 'completed' });
  // #region targeted
  await rollbacks.rollbackTargeted('feature_name', { reason: 'User reports', userIds: ['user123', 'user456'] });
  await flags.addUserToFlag('feature_name', 'user123'); // lifts it for this user
  // #endregion
  expect(flags.isEnabled('feature_name', { userId: 'user123' })).toBe(true);
  expect(flags.isEnabled('feature_name', { userId: 'user456' })).toBe(false);
  // #region history
  const history = await rollbacks.getRollbackHistory(); // the newest first, kills and automatic ones included
  // #endregion
  expect(history.map(({ strategy, flag }) => [strategy, flag])).toEqual([
    ['targeted', 'feature_name'],
    ['gradual', 'slow_feature'],
    ['immediate', 'new_ner_model'],
  ]);
  // #region report
  const { markdown, exposed, timeline } = await rollbacks.getRollbackReport(history[0]?.id ?? 0);
  // #endregion
  expect(markdown).toContain('## Root cause');
  expect([exposed.units, timeline.length]).toEqual([1, 4]);
});
