/**
 * Facebook, 4 October 2021: a command cut the backbone, and the tools to put it back stood behind the backbone.
 * Without its store a process changes nothing; a kill works all the same, outlives the process, and is brought to the store when that is back.
 */
import { DEFAULT_SCOPE } from '@sluice/core';
import { createSluice, type ManualClock, manualClock, memoryStore, type Sluice, SluiceError, type Store } from 'sluice';
import { expect, it } from 'vitest';
import { BY, flagFile, HOUR, MINUTE, people, problemsOf, SECOND, START, servedOf } from './incident.testing.ts';

/** A store behind a line that can be cut. What was read at the start is all that there is then. */
function behindLine(store: Store): { store: Store; line: { isCut: boolean } } {
  const line = { isCut: false };
  const overLine =
    <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    (...args: Args): Promise<Answer> =>
      line.isCut ? Promise.reject(new SluiceError('unavailable', 'the line is cut')) : call.apply(store, args);
  const { commit, log, addFacts, readTally, readTotals, readUnitValues, due, lease, release, reload, refresh } = store;
  return {
    line,
    store: {
      read: () => store.read(),
      follow: (listener) => store.follow(listener),
      close: async () => {},
      commit: overLine(commit),
      log: overLine(log),
      addFacts: overLine(addFacts),
      readTally: overLine(readTally),
      readTotals: overLine(readTotals),
      readUnitValues: overLine(readUnitValues),
      due: overLine(due),
      lease: overLine(lease),
      release: overLine(release),
      reload: overLine(reload),
      refresh: overLine(refresh),
    },
  };
}

const crowd = people(1_000);
const inCrowd = (sluice: Sluice): readonly unknown[] => servedOf(sluice, 'backbone_audit', crowd);

function life(store: Store, file: string, at: number): { sluice: Sluice; clock: ManualClock } {
  // Each life has a clock of its own: the timers of one that is dead do not run on.
  const clock = manualClock(at);
  const sluice = createSluice({ store, clock, breakGlass: { file, deadlineMs: 2 * SECOND } });
  sluice.rollouts.registerValidator('backbone_audit', () => true);
  return { sluice, clock };
}

async function midRollout(kept: Store) {
  const file = flagFile();
  const { store, line } = behindLine(kept);
  const { sluice, clock } = life(store, file, START);
  await sluice.flags.setFlag('backbone_audit', { enabled: true, rolloutPercentage: 0 });
  await sluice.rollouts.startRollout('backbone_audit', { strategy: 'canary', validatorName: 'backbone_audit', bakeMs: MINUTE });
  await clock.advance(3 * MINUTE);
  return { file, store, line, sluice, clock };
}

it('moves nobody while the store is gone, tells of it, and goes on where it was when it is back', async () => {
  const { line, sluice, clock } = await midRollout(memoryStore());
  const before = inCrowd(sluice);
  expect(before.length).toBeGreaterThan(50);
  const problems = problemsOf(sluice);
  line.isCut = true;
  await clock.advance(2 * HOUR);
  expect(inCrowd(sluice)).toEqual(before);
  expect(problems).toContain('the line is cut');
  line.isCut = false;
  await clock.advance(50 * SECOND);
  expect(inCrowd(sluice)).toEqual(before);
  await clock.advance(10 * MINUTE);
  expect(sluice.rollouts.getRolloutStatus('backbone_audit')?.phase).toBe('completed');
});

it('drives on with the process that was started while the store was gone', async () => {
  const { file, store, line, sluice, clock } = await midRollout(memoryStore());
  line.isCut = true;
  const next = life(store, file, clock.now());
  await next.clock.advance(HOUR);
  expect(inCrowd(next.sluice)).toEqual(inCrowd(sluice));
  line.isCut = false;
  await next.clock.advance(10 * MINUTE);
  expect(next.sluice.rollouts.getRolloutStatus('backbone_audit')?.phase).toBe('completed');
});

it('kills without the store, still after the death of the process, and the killed rollout does not come back with the store', async () => {
  const kept = memoryStore();
  const { file, store, line, sluice, clock } = await midRollout(kept);
  line.isCut = true;
  const killedAt = clock.now();
  const kill = sluice.flags.disableFlag('backbone_audit', BY);
  expect(inCrowd(sluice)).toEqual([]);
  await clock.advance(MINUTE);
  expect(await kill).toMatchObject({ status: 'disabled', durable: false });

  const next = life(store, file, clock.now());
  expect(inCrowd(next.sluice)).toEqual([]);
  await next.clock.advance(2 * HOUR);
  expect(inCrowd(next.sluice)).toEqual([]);
  expect(next.sluice.flags.listPendingKills()).toMatchObject([{ flag: 'backbone_audit', ...BY }]);

  line.isCut = false;
  await next.clock.advance(2 * HOUR);
  expect(next.sluice.flags.listPendingKills()).toEqual([]);
  expect(inCrowd(next.sluice)).toEqual([]);
  expect(next.sluice.rollouts.getRolloutStatus('backbone_audit')?.phase).toBe('aborted');
  const log = await kept.log({ scope: DEFAULT_SCOPE, key: 'backbone_audit', newestFirst: true, limit: 2 });
  expect(log).toMatchObject([
    { type: 'rollout.aborted', actor: 'ann' },
    { type: 'flag.killed', ...BY, at: killedAt, detail: { breakGlass: true } },
  ]);
});
