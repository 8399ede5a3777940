import { setImmediate as turn } from 'node:timers/promises';
import { SluiceError } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { type RolloutWorld, rolloutWorld, START, slowSource } from './rollout-world.testing.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const slowly = { criteria: [{ metric: 'errorRate', max: 0.05, source: 'slow' }], minExposures: 0 };

/** A rollout whose source is being asked and has not answered. */
async function measuring(): Promise<RolloutWorld & { readonly source: ReturnType<typeof slowSource> }> {
  const world = await rolloutWorld();
  const source = slowSource();
  world.sluice.rollouts.addMetricSource('slow', source);
  await world.start({ ...slowly, bakeMs: 3_000 });
  await world.clock.advance(2_000);
  source.hold();
  await world.clock.advance(2_000);
  return { ...world, source };
}

describe('a look', () => {
  it('that fails is made again after a second, and not at once for ever', async () => {
    const { clock, store, share, start } = await rolloutWorld();
    await start({ bakeMs: 3_000, unvalidated: true });
    const commit = store.commit.bind(store);
    let attempts = 0;
    store.commit = () => {
      attempts += 1;
      return Promise.reject(new SluiceError('unavailable', 'disk full'));
    };
    await clock.advance(13_000);
    expect(attempts).toBeGreaterThan(8);
    expect(attempts).toBeLessThan(12);
    store.commit = commit;
    await clock.advance(2_000);
    expect(share()).toBe(5);
  });

  it('at one rollout does not wait for the slow metric source of another', async () => {
    const { sluice, clock, start } = await rolloutWorld();
    await sluice.flags.setFlag('g', { enabled: true, rolloutPercentage: 0 });
    sluice.rollouts.addMetricSource('slow', { measure: () => new Promise(() => {}) });
    await start({ ...slowly });
    await sluice.rollouts.startRollout('g', { strategy: 'canary', unvalidated: true, bakeMs: 30_000 });
    await clock.advance(33_000);
    expect(sluice.flags.getFlag('g')?.servedPercentage).toBe(5);
  });

  it('is asked for once, however often a flag changes while another is under way', async () => {
    const { sluice, clock, start } = await rolloutWorld();
    const source = slowSource();
    sluice.rollouts.addMetricSource('slow', source);
    await start(slowly);
    source.hold();
    await clock.advance(1_000);
    const before = source.calls();
    for (let edit = 0; edit < 50; edit++) await sluice.flags.addUserToFlag('f', `u${edit}`);
    source.release();
    await turn();
    await clock.advance(0);
    expect(source.calls() - before).toBeLessThanOrEqual(2);
  });

  it('sees drift within a moment, however seldom the rollout is looked at', async () => {
    const { sluice, clock, phase, start } = await rolloutWorld();
    await start({ unvalidated: true, tickMs: 60_000 });
    await sluice.flags.setRolloutPercentage('f', 50, { force: true });
    await clock.advance(100);
    expect(phase()).toBe('held');
  });

  it('leaves a pause that came while it measured', async () => {
    const { sluice, clock, source } = await measuring();
    await sluice.rollouts.pauseRollout('f', { reason: 'lunch' });
    source.release();
    await clock.advance(5_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'held', state: { reason: 'manual' }, stage: 0 });
  });

  it('leaves a kill that came while it measured', async () => {
    const { sluice, clock, phase, source } = await measuring();
    await sluice.flags.disableFlag('f', { reason: 'pager' });
    source.release(1);
    await clock.advance(5_000);
    expect(phase()).toBe('aborted');
    expect(sluice.flags.getFlag('f')?.status).toBe('disabled');
  });

  it('leaves a pause as what it is, though the flag was edited by hand meanwhile', async () => {
    const { sluice, clock, start } = await rolloutWorld();
    await start({ unvalidated: true });
    await sluice.rollouts.pauseRollout('f', { reason: 'lunch' });
    await sluice.flags.setRolloutPercentage('f', 50, { force: true });
    await clock.advance(3_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ state: { reason: 'manual', message: 'lunch' } });
  });
});

describe('a clock that is set back by an hour', () => {
  it('bakes on and sees harm at once, also when it is set forward again', async () => {
    for (const back of [true, false]) {
      const { sluice, clock, share, phase, start } = await rolloutWorld();
      let harm = false;
      const measure = () => ({ kind: 'value', value: harm ? 1 : 0, samples: 100, at: clock.now() }) as const;
      sluice.rollouts.addMetricSource('slow', { measure });
      await start({ ...slowly, bakeMs: 10_000 });
      await clock.advance(5_000);
      clock.jump(-3_600_000);
      await clock.advance(8_000);
      expect(share()).toBe(5);
      if (back) clock.jump(3_600_000);
      await clock.advance(1_000);
      harm = true;
      await clock.advance(2_000);
      expect(phase()).toBe('failed');
    }
  });
});

describe('a rollout that several processes know', () => {
  it('is driven by the one that has its lease, which it renews long before the end', async () => {
    const store = memoryStore();
    const { clock, start } = await rolloutWorld(0, store);
    const lease = store.lease.bind(store);
    const asked: number[] = [];
    store.lease = (request) => {
      asked.push(clock.now() - START);
      return lease(request);
    };
    await start({ unvalidated: true });
    await clock.advance(30_000);
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked.length).toBeLessThanOrEqual(6);
    const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(15_000);
  });

  it('is left alone while another has its lease', async () => {
    const store = memoryStore();
    const { clock, sluice, share, start } = await rolloutWorld(0, store);
    store.lease = () => Promise.resolve(null);
    await start({ unvalidated: true, bakeMs: 1_000 });
    await clock.advance(60_000);
    expect(share()).toBe(0);
    expect(sluice.rollouts.getRolloutStatus('f')?.phase).toBe('preflight');
  });

  it('waits for its validator, and a process without it neither ends it nor takes its lease again and again', async () => {
    const store = memoryStore();
    const { clock, phase, share, sluice, start } = await rolloutWorld(0, store);
    const lease = store.lease.bind(store);
    let asked = 0;
    store.lease = (request) => {
      asked += 1;
      return lease(request);
    };
    await start({ validatorName: 'health', bakeMs: 5_000 });
    await clock.advance(60_000);
    expect({ phase: phase(), asked }).toEqual({ phase: 'preflight', asked: 0 });
    expect(sluice.rollouts.getRolloutStatus('f')?.waitingFor).toContain('"health"');
    sluice.rollouts.registerValidator('health', () => true);
    await clock.advance(8_000);
    expect(share()).toBe(5);
  });

  it('keeps its clocks each five seconds, so that a crash costs no more of a bake', async () => {
    const { clock, store, start } = await rolloutWorld();
    await start({ unvalidated: true, bakeMs: 60_000 });
    await clock.advance(33_000);
    const second = createSluice({ store, clock });
    const remaining = second.rollouts.getRolloutStatus('f')?.bakeRemainingMs ?? 0;
    expect(remaining).toBeGreaterThanOrEqual(27_000);
    expect(remaining).toBeLessThanOrEqual(32_000);
  });

  it('loses no edit: both of two that meet stand', async () => {
    const store = memoryStore();
    const { clock, sluice } = await rolloutWorld(0, store);
    const second = createSluice({ store, clock });
    await Promise.all([sluice.flags.addUserToFlag('f', 'ann'), second.flags.addUserToFlag('f', 'bob')]);
    expect(sluice.flags.getFlag('f')?.enabledUsers.toSorted()).toEqual(['ann', 'bob']);
  });
});

describe('a process that does not drive the rollout', () => {
  it('hands on the units that it served, so that a stage ends by what all processes served', async () => {
    const { clock, store, phase, start, sluice } = await rolloutWorld();
    const other = createSluice({ store, clock });
    await start({ strategy: 'percentage', stages: [50, 100], bakeMs: 2_000, minExposures: 200, unvalidated: true });
    for (let user = 0; user < 1_000; user++) other.flags.isEnabled('f', { userId: `u${user}` });
    await clock.advance(15_000);
    expect(sluice.rollouts.getRolloutStatus('f')?.stage).toBe(1);
    for (let user = 0; user < 1_000; user++) other.flags.isEnabled('f', { userId: `u${user}` });
    await clock.advance(15_000);
    expect(phase()).toBe('completed');
    await other.close();
  });
});
