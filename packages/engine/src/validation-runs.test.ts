import { setImmediate as turn } from 'node:timers/promises';
import { SluiceError } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { rolloutWorld, START, slowSource } from './rollout-world.testing.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Validator } from './validators.ts';

const slowly = { criteria: [{ metric: 'errorRate', max: 0.05, source: 'slow' }], minExposures: 0 };

describe('what a validator said', () => {
  it('is not lost to a commit that fails: its false rolls back, and it is not asked again', async () => {
    const { clock, store, phase, start } = await rolloutWorld();
    let runs = 0;
    await start({ bakeMs: 3_000, validate: () => ++runs > 1 });
    const commit = store.commit.bind(store);
    store.commit = () => Promise.reject(new SluiceError('unavailable', 'disk full'));
    await clock.advance(8_000);
    store.commit = commit;
    await clock.advance(2_000);
    expect({ phase: phase(), runs }).toEqual({ phase: 'failed', runs: 1 });
  });

  it('is not lost to a pause that comes while a criterion is measured: harm rolls back, also while paused', async () => {
    const { sluice, clock, phase, start } = await rolloutWorld();
    const source = slowSource();
    sluice.rollouts.addMetricSource('slow', source);
    let say: (answer: boolean) => void = () => {};
    const validate = (): Promise<boolean> => new Promise((resolve) => (say = resolve));
    await start({ ...slowly, bakeMs: 3_000, validate });
    await clock.advance(6_000);
    source.hold();
    say(false);
    await turn();
    await sluice.rollouts.pauseRollout('f');
    source.release();
    await clock.advance(3_000);
    expect(phase()).toBe('failed');
  });

  it('says nothing of the rollout that took the place of the one it was asked for', async () => {
    const { clock, sluice, start } = await rolloutWorld();
    let say: (answer: boolean) => void = () => {};
    await start({ bakeMs: 1_000, validate: () => new Promise<boolean>((resolve) => (say = resolve)) });
    await clock.advance(3_000);
    await start({ bakeMs: 1_000, validate: () => new Promise<boolean>(() => {}), onConflict: 'supersede' });
    say(false);
    await clock.advance(10_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ number: 2, phase: 'baking', currentPercentage: 1 });
  });

  it('is waited for by one run at a time', async () => {
    const { clock, start } = await rolloutWorld();
    let runs = 0;
    const validate = (): Promise<boolean> => {
      runs += 1;
      return new Promise(() => {});
    };
    await start({ bakeMs: 1_000, validateEveryMs: 500, validatorDeadlineMs: 20_000, validate });
    await clock.advance(15_000);
    expect(runs).toBe(1);
  });

  it('is asked for under one key for each question: another after each answer and each stage, the same in a process that asks again', async () => {
    const keysOf = async (until: number, store = memoryStore()): Promise<string[]> => {
      const { clock, start, sluice } = await rolloutWorld(0, store);
      const keys: string[] = [];
      const validate: Validator = (_percentage, { idempotencyKey, stage, atEndOfBake }) => {
        keys.push(`${stage} ${atEndOfBake} ${idempotencyKey}`);
        return true;
      };
      if (sluice.rollouts.getRolloutStatus('f') !== undefined) sluice.rollouts.registerValidator('f', validate);
      else await start({ stages: [10, 100], bakeMs: 5_000, validateEveryMs: 2_000, validate });
      await clock.advance(until);
      return keys;
    };
    const keys = await keysOf(30_000);
    expect(keys.map((key) => key.slice(0, 6).trim())).toEqual(['0 fals', '0 fals', '0 true', '1 fals', '1 fals', '1 true']);
    expect(new Set(keys).size).toBe(6);
    expect(await keysOf(30_000)).toEqual(keys);
    for (const key of keys) expect(key).toMatch(/ [0-9a-f]{32}$/);
  });

  it('is no longer waited for after close: its signal is aborted and its deadline holds no process', async () => {
    const clock = manualClock(START);
    const open = new Set<number>();
    let next = 0;
    const schedule: typeof clock.schedule = (at, task, options) => {
      const id = next++;
      open.add(id);
      const forget = (): boolean => open.delete(id);
      const cancel = clock.schedule(at, () => (forget() ? task() : undefined), options);
      return () => (forget() ? cancel() : undefined);
    };
    const watched = { now: () => clock.now(), track: (work: Promise<unknown>) => clock.track(work), schedule };
    const sluice = createSluice({ store: memoryStore(), clock: watched });
    await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    let signal: AbortSignal | undefined;
    const validate = (_percentage: number, context: { signal: AbortSignal }): Promise<boolean> => {
      signal = context.signal;
      return new Promise(() => {});
    };
    await sluice.rollouts.startRollout('f', { strategy: 'canary', bakeMs: 1_000, validate });
    await clock.advance(3_000);
    await sluice.close();
    expect(signal?.aborted).toBe(true);
    expect(open.size).toBe(0);
  });
});
