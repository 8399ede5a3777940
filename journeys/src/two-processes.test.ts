/** Two processes over one flag file, each with a controller, a store and a life of its own: one acts, both see, and one is enough. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE } from '@sluice/core';
import { type Clock, createSluice, fileStore, type ManualClock, manualClock, type Sluice } from 'sluice';
import { expect, it, onTestFinished, vi } from 'vitest';

const SECOND = 1_000;
const BAKE = 20 * SECOND;
const LEASE = 15 * SECOND;
const BY = { actor: 'ann', reason: 'pager' };
const crowd = Array.from({ length: 500 }, (_, index) => ({ userId: `u${index}` }));
/** Of the other process's commits the file system tells in its own time. */
const soon = { timeout: 20_000, interval: 10 };

interface Process extends Sluice {
  /** Percentages that its validator was asked about. */
  readonly asked: number[];
  /** Its timers stand still, as those of a process that is suspended or dead. */
  sleep(): void;
  wake(): void;
}

/** The time that all share, of which one process may not notice the passing. */
function ownTime(clock: ManualClock): { time: Clock; sleep(): void; wake(): void } {
  let missed: (() => void | Promise<void>)[] | null = null;
  const time: Clock = {
    now: () => clock.now(),
    schedule: (at, task) => clock.schedule(at, () => (missed === null ? task() : void missed.push(task))),
    track: (work) => clock.track(work),
  };
  const wake = (): void => {
    const due = missed ?? [];
    missed = null;
    for (const task of due) clock.schedule(clock.now(), task);
  };
  const sleep = (): void => {
    missed ??= [];
  };
  return { time, sleep, wake };
}

function startProcess(file: string, clock: ManualClock): Process {
  const { time, sleep, wake } = ownTime(clock);
  const sluice = createSluice({ store: fileStore(file, { clock: time }), clock: time });
  const asked: number[] = [];
  sluice.rollouts.registerValidator('f', (percentage) => asked.push(percentage) > 0);
  onTestFinished(() => sluice.close());
  return { ...sluice, asked, sleep, wake };
}

async function twoProcesses() {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const clock = manualClock(1_700_000_000_000);
  const file = join(directory, 'feature_flags.json');
  const one = startProcess(file, clock);
  await one.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 }, BY);
  const other = startProcess(file, clock);
  await one.rollouts.startRollout('f', { strategy: 'canary', validatorName: 'f', bakeMs: BAKE, ...BY });
  return { clock, one, other };
}

const share = ({ flags }: Sluice): number | undefined => flags.getFlag('f')?.servedPercentage;
const phase = ({ rollouts }: Sluice): string | undefined => rollouts.getRolloutStatus('f')?.phase;
const answers = ({ flags }: Sluice): unknown => crowd.map((unit) => flags.getVariant('f', unit));

async function agree(one: Sluice, other: Sluice): Promise<void> {
  await vi.waitFor(() => expect(answers(other)).toEqual(answers(one)), soon);
}

async function advanceBySeconds(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += SECOND) await clock.advance(SECOND);
}

/** The stages that were opened, in the order of the log. */
async function opened({ flags }: Sluice): Promise<unknown[]> {
  const log = await flags.runtime.store.log({ scope: DEFAULT_SCOPE, kind: 'rollout', key: 'f', limit: 1_000 });
  return log.filter(({ type }) => ['rollout.advanced', 'rollout.finalizing'].includes(type)).map(({ detail }) => detail.stage);
}

it('lets one process drive, and the other serves what that one decides', async () => {
  const { clock, one, other } = await twoProcesses();
  while (phase(one) !== 'completed') {
    await clock.advance(5 * SECOND);
    await agree(one, other);
  }
  expect(await opened(other)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(one.asked).toEqual([1, 5, 10, 25, 50, 100]);
  expect(other.asked).toEqual([]);
});

it('shows a kill by one to the other, whose rollout is over', async () => {
  const { clock, one, other } = await twoProcesses();
  await advanceBySeconds(clock, 2 * BAKE);
  await agree(one, other);
  await other.flags.disableFlag('f', BY);
  await vi.waitFor(() => expect(share(one)).toBe(0), soon);
  await agree(other, one);
  await clock.advance(20 * BAKE);
  for (const process of [one, other]) expect([phase(process), share(process)]).toEqual(['aborted', 0]);
});

it('keeps a kill that meets the opening of a stage, whichever comes first', async () => {
  for (let meets = 0; meets < 8; meets++) {
    const { clock, one, other } = await twoProcesses();
    while ((one.rollouts.getRolloutStatus('f')?.bakeRemainingMs ?? 0) > SECOND) await clock.advance(SECOND);
    await Promise.all([clock.advance(2 * SECOND), other.flags.disableFlag('f', BY)]);
    await clock.advance(5 * SECOND);
    await vi.waitFor(() => expect([phase(one), share(one)]).toEqual(['aborted', 0]), soon);
    await clock.advance(5 * BAKE);
    for (const process of [one, other]) expect([phase(process), share(process)]).toEqual(['aborted', 0]);
  }
});

it('goes on with the other process when the first dies: not before its lease ends, at the same stage, with the rest of the bake', async () => {
  const { clock, one, other } = await twoProcesses();
  await advanceBySeconds(clock, BAKE + 10 * SECOND);
  expect(share(one)).toBe(5);
  await agree(one, other);
  const rest = one.rollouts.getRolloutStatus('f')?.bakeRemainingMs ?? 0;
  one.sleep();
  let waited = 0;
  for (; other.asked.length === 0; waited += SECOND) {
    expect(share(other)).toBe(5);
    await clock.advance(SECOND);
  }
  expect(waited).toBeGreaterThanOrEqual(LEASE / 2 + rest - SECOND);
  // The lease, the next time that it is asked for, and what of the bake was not kept yet.
  expect(waited).toBeLessThanOrEqual(LEASE + LEASE / 3 + rest + 7 * SECOND);
  await clock.advance(SECOND);
  expect(share(other)).toBe(10);
  expect([one.asked, other.asked]).toEqual([[1], [5]]);
});

it('hands over at once when the first is closed', async () => {
  const { clock, one, other } = await twoProcesses();
  await advanceBySeconds(clock, BAKE - 5 * SECOND);
  await vi.waitFor(() => expect(phase(other)).toBe('baking'), soon);
  const rest = one.rollouts.getRolloutStatus('f')?.bakeRemainingMs ?? 0;
  await one.close();
  // The next time that it asks for the lease, and the rest of the bake, of which the gap counts three ticks.
  await advanceBySeconds(clock, LEASE / 3 + rest - SECOND);
  expect(other.asked).toEqual([1]);
  expect(share(other)).toBe(5);
});

it('does nothing twice when the first only slept, and wakes while the other drives', async () => {
  const { clock, one, other } = await twoProcesses();
  await advanceBySeconds(clock, 5 * SECOND);
  await vi.waitFor(() => expect(phase(other)).toBe('baking'), soon);
  for (const [sleeper, driver] of [
    [one, other],
    [other, one],
    [one, other],
  ] as const) {
    sleeper.sleep();
    await advanceBySeconds(clock, 2 * LEASE + BAKE);
    const before = share(driver) ?? 0;
    sleeper.wake();
    await advanceBySeconds(clock, 5 * SECOND);
    await agree(driver, sleeper);
    expect(share(driver)).toBeGreaterThanOrEqual(before);
  }
  while (phase(one) !== 'completed') await clock.advance(5 * SECOND);
  await agree(one, other);
  expect(await opened(one)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(new Set([...one.asked, ...other.asked])).toEqual(new Set([1, 5, 10, 25, 50, 100]));
});
