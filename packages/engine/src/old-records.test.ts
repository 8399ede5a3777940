import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { START } from './rollout-world.testing.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

/** A record as JSON without some of its fields, at any depth. */
function without<T>(record: T, fields: readonly string[]): T {
  return JSON.parse(JSON.stringify(record, (key, value: unknown) => (fields.includes(key) ? undefined : value))) as T;
}
const NEW_FIELDS = [
  'approvalExpiryMs',
  'freezeWindows',
  'startAt',
  'startApproval',
  'makesStable',
  'seen',
  'lookedAt',
  'silences',
  'notBefore',
  'startApprovalExpiryMs',
];

it('goes on with a rollout that was kept before rollouts had all of their fields', async () => {
  const clock = manualClock(START);
  const before = createSluice({ store: memoryStore(), clock });
  await before.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  const plan = { strategy: 'percentage', stages: [50, 100], targetPercentage: 100, bakeMs: 3_000 } as const;
  await before.rollouts.startRollout('f', {
    ...plan,
    autoAdvance: false,
    criteria: [{ metric: 'p95', max: 9 }],
    minExposures: 0,
  });
  const { records } = await before.flags.runtime.store.read();
  const store = memoryStore();
  const aged = records.map((record) => ({ ...without(record, NEW_FIELDS), revision: 1 }));
  expect(JSON.stringify(aged)).not.toContain('approvalExpiryMs');
  await store.commit({ records: aged, events: [] });

  const { rollouts, flags, metrics, ...after } = createSluice({ store, clock });
  expect(rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'baking', waitingFor: expect.stringContaining('0 s of 3 s') });
  for (let second = 0; second < 6; second++) {
    for (let user = 0; user < 20; user++) {
      flags.isEnabled('f', { userId: `u${user}` });
      metrics.observe('latency', 1, { flag: 'f', variant: 'on' });
    }
    await clock.advance(1_000);
  }
  expect(rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'awaiting_approval' });
  expect((await after.export()).rollouts).toMatchObject([
    { approvalExpiryMs: 86_400_000, startApprovalExpiryMs: 86_400_000, freezeWindows: [], stages: [{ notBefore: null }, {}] },
  ]);
  await rollouts.approveStage('f');
  expect(rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'finalizing' });
});

it('goes on with a test that was kept before tests had all of their fields', async () => {
  const clock = manualClock(START);
  const before = createSluice({ store: memoryStore(), clock });
  await before.abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b' });
  await before.abTests.startTest('t');
  const { records } = await before.flags.runtime.store.read();
  const store = memoryStore();
  const fields = ['layer', 'slots', 'method', 'plannedUnits', 'tags', 'number', 'startAt', 'archivedAt'];
  const aged = records.map((record) => (record.kind === 'experiment' ? without(record, fields) : without(record, ['slots'])));
  await store.commit({ records: aged.map((record) => ({ ...record, revision: 1 })), events: [] });
  const { abTests, ...after } = createSluice({ store, clock });
  expect(abTests.listTests()).toMatchObject([
    { testId: 't', phase: 'running', layer: null, method: 'sequence', tags: [], number: 1 },
  ]);
  abTests.getVariant('t', { userId: 'u1' });
  const { sampleSizes, warnings } = await abTests.getTestResults('t');
  expect(sampleSizes.control + sampleSizes.treatment).toBe(1);
  expect(warnings.join()).not.toContain('changed from outside');
  expect((await after.export()).experiments).toMatchObject([{ layer: null, number: 1 }]);
  expect(await abTests.rebaseTest('t', {}, { reason: 'again' })).toMatchObject({ number: 2 });
});
