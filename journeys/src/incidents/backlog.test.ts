/**
 * The backlog jump, which every scheduler can make: the controller stood still for hours, and then let all that was due happen at once.
 * Only time that was watched bakes; a longer gap counts three ticks, and one look advances by one stage at most.
 */
import { createSluice, fileStore, type ManualClock, manualClock, type Sluice } from 'sluice';
import { expect, it } from 'vitest';
import { flagFile, HOUR, MINUTE, SECOND, START } from './incident.testing.ts';

const BAKE = 5 * MINUTE;
const WATCHED = 2 * MINUTE;

function life(file: string, clock: ManualClock): Sluice {
  return createSluice({ store: fileStore(file, { clock, watch: false }), clock });
}

/** Two minutes into the stage at 5 %. */
async function underWay(file: string, clock: ManualClock): Promise<Sluice> {
  const sluice = life(file, clock);
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  await sluice.rollouts.startRollout('f', { strategy: 'canary', validate: () => true, bakeMs: BAKE });
  while (share(sluice) < 5) await clock.advance(SECOND);
  await clock.advance(WATCHED);
  expect(remaining(sluice)).toBeCloseTo(BAKE - WATCHED, -4);
  return sluice;
}

const share = ({ flags }: Sluice): number => flags.getFlag('f')?.servedPercentage ?? -1;
const remaining = ({ rollouts }: Sluice): number => rollouts.getRolloutStatus('f')?.bakeRemainingMs ?? -1;

/** The rest of the bake is watched to its end, and only then comes the next stage, by one. */
async function bakesTheRest(sluice: Sluice, clock: ManualClock, rest: number): Promise<void> {
  expect(share(sluice)).toBe(5);
  await clock.advance(rest - 5 * SECOND);
  expect(share(sluice)).toBe(5);
  await clock.advance(10 * SECOND);
  expect(share(sluice)).toBe(10);
  await clock.advance(BAKE - 10 * SECOND);
  expect(share(sluice)).toBe(10);
}

it('resumes at its stage with the rest of the bake after a process that was suspended for two hours', async () => {
  const clock = manualClock(START);
  const sluice = await underWay(flagFile(), clock);
  const rest = remaining(sluice);
  clock.jump(2 * HOUR);
  await clock.advance(SECOND);
  // Of two hours, three ticks.
  expect(rest - remaining(sluice)).toBeLessThanOrEqual(4 * SECOND);
  await bakesTheRest(sluice, clock, remaining(sluice));
  await sluice.close();
});

it('resumes at its stage with the rest of the bake when the next process comes two hours after the last', async () => {
  const [file, clock] = [flagFile(), manualClock(START)];
  const first = await underWay(file, clock);
  const rest = remaining(first);
  await first.close();
  clock.jump(2 * HOUR);
  const second = life(file, clock);
  second.rollouts.registerValidator('f', () => true);
  expect(remaining(second)).toBe(rest);
  await clock.advance(0);
  expect(remaining(second)).toBe(rest);
  await bakesTheRest(second, clock, rest);
  await second.close();
});

it('advances by one stage at a look, however much of the bake is over', async () => {
  const clock = manualClock(START);
  const sluice = await underWay(flagFile(), clock);
  const shares: number[] = [];
  sluice.on('rollout.advanced', ({ detail }) => shares.push(Number(detail.percentage)));
  for (let suspended = 0; suspended < 24; suspended++) {
    clock.jump(2 * HOUR);
    const before = shares.length;
    await clock.advance(SECOND);
    expect(shares.length - before).toBeLessThanOrEqual(1);
  }
  // Two days on the wall, less than two minutes of them watched.
  expect(shares).toEqual([]);
  await sluice.close();
});
