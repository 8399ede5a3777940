import { DEFAULT_SCOPE, type SluiceRecord } from '@sluice/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

type Step = (sluice: Sluice, name: string, number: number) => Promise<unknown>;
const STEPS: Record<string, Step> = {
  set: ({ flags }, name, number) =>
    flags.setFlag(name, { enabled: number % 3 > 0, rolloutPercentage: number, tags: [`t${number}`] }),
  percentage: ({ flags }, name, number) => flags.setRolloutPercentage(name, number, { force: number % 2 === 0 }),
  kill: ({ flags }, name) => flags.disableFlag(name),
  restore: ({ flags }, name) => flags.restoreFlag(name),
  member: ({ flags }, name, number) => flags.addUserToFlag(name, `u${number}`),
  start: ({ rollouts }, name, number) =>
    rollouts.startRollout(name, { strategy: 'canary', validate: () => number < 80, onConflict: 'supersede' }),
  ring: ({ rollouts }, name) => rollouts.startRollout(name, { strategy: 'ring', validate: () => true, autoAdvance: false }),
  approve: ({ rollouts }, name) => rollouts.approveStage(name),
  pause: ({ rollouts }, name) => rollouts.pauseRollout(name),
  resume: ({ rollouts }, name) => rollouts.resumeRollout(name),
  promote: ({ rollouts }, name) => rollouts.promoteRollout(name),
  abort: ({ rollouts }, name) => rollouts.abortRollout(name),
  gradual: ({ rollbacks }, name) => rollbacks.rollbackGradual(name, { reason: 'r' }),
  targeted: ({ rollbacks }, name, number) => rollbacks.rollbackTargeted(name, { reason: 'r', userIds: [`u${number}`] }),
  test: ({ abTests }, name, number) =>
    abTests.createTest({
      testId: `test-${name}`,
      controlComponent: 'a',
      treatmentComponent: 'b',
      durationDays: 0.01,
      ...(number % 2 === 0 ? { layer: 'l', trafficShare: 0.7 } : {}),
      ...(number % 3 === 0 ? { startAt: 1_700_000_100_000 } : {}),
    }),
  update: ({ abTests }, name, number) =>
    abTests.updateTest(`test-${name}`, { tags: [`t${number}`], durationDays: number / 1000 + 0.01 }),
  rebase: ({ abTests }, name, number) =>
    abTests.rebaseTest(`test-${name}`, { trafficShare: (number + 1) / 101 }, { reason: 'r' }),
  ship: ({ abTests }, name) =>
    abTests.shipWinner(`test-${name}`, { variant: 'treatment', strategy: 'canary', unvalidated: true }),
  putAway: ({ abTests }, name) => abTests.archiveTest(`test-${name}`),
  begin: ({ abTests }, name) => abTests.startTest(`test-${name}`),
  stop: ({ abTests }, name) => abTests.stopTest(`test-${name}`),
};

/** A rollout's clocks run on without events; everything else in a record changes only with one. */
function settled(record: SluiceRecord): unknown {
  if (record.kind !== 'rollout') return record;
  const { revision: _revision, progress: _progress, dueAt: _dueAt, verdicts: _verdicts, ...rest } = record;
  return rest;
}

it('replaying the log gives the state: every change of a record has its event', async () => {
  const steps = fc.array(
    fc.tuple(
      fc.constantFrom(...Object.keys(STEPS)),
      fc.constantFrom('a', 'b'),
      fc.nat(100),
      fc.constantFrom(0, 1, 60, 400, 3000),
    ),
    { minLength: 1, maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const clock = manualClock(1_700_000_000_000);
      const store = memoryStore();
      const sluice = createSluice({ store, clock });
      for (const name of ['a', 'b'])
        await sluice.flags.setFlag(name, { enabled: true, rolloutPercentage: name === 'a' ? 0 : 100 });
      for (const [step, name, number, seconds] of history) {
        await STEPS[step]?.(sluice, name, number).catch((error: { code?: string }) =>
          expect(error.code, String(error)).toBeDefined(),
        );
        await clock.advance(seconds * 1000);
      }
      const replayed = new Map<string, SluiceRecord>();
      for (const event of await store.log({ scope: DEFAULT_SCOPE, limit: 1000 }))
        replayed.set(`${event.kind}/${event.key}`, event.record);
      const { records } = await store.read();
      expect(new Map(records.map((record) => [`${record.kind}/${record.key}`, settled(record)]))).toEqual(
        new Map([...replayed].map(([key, record]) => [key, settled(record)])),
      );
      await sluice.close();
    }),
    { numRuns: process.env.SLUICE_SOAK === '1' ? 2000 : 200 },
  );
});
