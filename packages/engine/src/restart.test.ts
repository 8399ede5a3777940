import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';

const MINUTE = 60_000;
let directory: string;
const open: Sluice[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
});
afterEach(async () => {
  for (const sluice of open.splice(0)) await sluice.close();
  await rm(directory, { recursive: true });
});

function start(clock: ManualClock): Sluice {
  const sluice = createSluice({ store: fileStore(join(directory, 'flags.json'), { clock, watch: false }), clock });
  open.push(sluice);
  return sluice;
}

describe('a restarted process', () => {
  it('resumes at the same stage with the rest of the bake, and downtime bakes nothing', async () => {
    const clock = manualClock(1_700_000_000_000);
    const first = start(clock);
    await first.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await first.rollouts.startRollout('f', { strategy: 'canary', validate: () => true });
    await clock.advance(7 * MINUTE);
    const before = first.rollouts.getRolloutStatus('f');
    expect(before).toMatchObject({ currentPercentage: 5 });
    await first.close();
    clock.jump(48 * 60 * MINUTE);
    const second = start(clock);
    second.rollouts.registerValidator('f', () => true);
    expect(second.rollouts.getRolloutStatus('f')).toMatchObject({
      phase: 'baking',
      currentPercentage: 5,
      bakeRemainingMs: before?.bakeRemainingMs,
    });
    await clock.advance((before?.bakeRemainingMs ?? 0) - 2_000);
    expect(second.flags.getFlag('f')?.servedPercentage).toBe(5);
    await clock.advance(4_000);
    expect(second.flags.getFlag('f')?.servedPercentage).toBe(10);
  });

  it('holds until its validator is registered again, and then goes on by itself', async () => {
    const clock = manualClock(1_700_000_000_000);
    const first = start(clock);
    await first.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await first.rollouts.startRollout('f', { strategy: 'canary', validatorName: 'health', validate: () => true });
    await first.close();
    const second = start(clock);
    await clock.advance(2_000);
    expect(second.rollouts.getRolloutStatus('f')).toMatchObject({
      phase: 'held',
      waitingFor: expect.stringContaining('registerValidator("health"'),
    });
    await clock.advance(60 * MINUTE);
    expect(second.flags.getFlag('f')?.servedPercentage).toBe(1);
    second.rollouts.registerValidator('health', () => true);
    await clock.advance(6 * MINUTE);
    expect(second.flags.getFlag('f')?.servedPercentage).toBe(5);
  });

  it('knows flags, statistics, tests and history as they were', async () => {
    const clock = manualClock(1_700_000_000_000);
    const first = start(clock);
    await first.flags.setFlag(
      'f',
      { enabled: true, rolloutPercentage: 50, rules: [{ if: { plan: 'pro' }, rolloutPercentage: 100 }] },
      { actor: 'ann', reason: 'launch' },
    );
    for (let i = 0; i < 1000; i++) first.flags.isEnabled('f', { userId: `u${i}` });
    await first.abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trackedMetrics: ['latency'] });
    await first.abTests.startTest('t');
    for (let i = 0; i < 300; i++) {
      const variant = first.abTests.getVariant('t', { userId: `u${i}` });
      first.abTests.recordMetric('t', variant, 'latency', variant === 'control' ? 100 + (i % 10) : 50 + (i % 10), {
        userId: `u${i}`,
      });
    }
    await first.rollbacks.rollbackTargeted('f', { reason: 'complaints', userIds: ['u1'] });
    const [flag, stats, results, history] = [
      first.flags.getFlag('f'),
      await first.flags.getFlagStats('f'),
      await first.abTests.getTestResults('t'),
      await first.rollbacks.getRollbackHistory(),
    ];
    expect(stats.evaluations).toBe(1000);
    await first.close();
    const second = start(clock);
    expect(second.flags.getFlag('f')).toEqual(flag);
    expect(await second.flags.getFlagStats('f')).toEqual(stats);
    expect(await second.abTests.getTestResults('t')).toEqual(results);
    expect(await second.rollbacks.getRollbackHistory()).toEqual(history);
  });
});

describe('what a look at a test has shown', () => {
  it('is known to another process and after a restart: no p rises, and what was found stays found', async () => {
    const clock = manualClock(1_700_000_000_000);
    const [one, two] = [start(clock), start(clock)];
    await one.abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trackedMetrics: ['accuracy'] });
    await one.abTests.startTest('t');
    await two.flags.reload();
    const record = (from: number, to: number, by: number): void => {
      for (let i = from; i < to; i++) {
        const variant = one.abTests.getVariant('t', { userId: `u${i}` });
        const value = (i % 10) + (variant === 'treatment' ? by : 0);
        one.abTests.recordMetric('t', variant, 'accuracy', value, { userId: `u${i}` });
      }
    };
    record(0, 600, 3);
    const first = await one.abTests.getTestResults('t');
    expect(first).toMatchObject({ significant: true, winner: 'treatment' });
    record(600, 2400, -1);
    await clock.advance(1000);
    const second = await two.abTests.getTestResults('t');
    await one.close();
    await two.close();
    const third = await start(clock).abTests.getTestResults('t');
    for (const later of [second, third]) {
      expect(later.metrics.accuracy?.pValueNow).toBeGreaterThan(first.pValue.accuracy ?? 1);
      expect(later).toMatchObject({ significant: true, winner: 'treatment', pValue: first.pValue });
      expect(later.metrics.accuracy?.significantAt).toBe(first.metrics.accuracy?.significantAt);
    }
  });
});

describe('two processes on one file', () => {
  it('lose nothing of each other, and only one of them drives the rollout', async () => {
    const clock = manualClock(1_700_000_000_000);
    const [one, two] = [start(clock), start(clock)];
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 === 0 ? one : two).flags.setFlag(`flag-${i}`, { enabled: true, rolloutPercentage: i }),
      ),
    );
    await one.flags.reload();
    await two.flags.reload();
    expect(one.flags.listFlags()).toEqual(two.flags.listFlags());
    expect(one.flags.listFlags()).toHaveLength(10);
    let runs = 0;
    one.rollouts.registerValidator('flag-1', () => true);
    await two.rollouts.startRollout('flag-1', { strategy: 'canary', validate: () => ++runs > 0 });
    await one.flags.reload();
    await clock.advance(5 * MINUTE + 10_000);
    await one.flags.reload();
    expect(one.flags.getFlag('flag-1')).toMatchObject({ servedPercentage: 10 });
    expect(two.flags.getFlag('flag-1')).toEqual(one.flags.getFlag('flag-1'));
    expect(runs).toBe(1);
  });
});
