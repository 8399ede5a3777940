import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

const DAY_MS = 86_400_000;

describe('systemClock', () => {
  it('runs a task once, when its instant has come', async () => {
    const clock = systemClock();
    const at = clock.now() + 3;
    const ranAt = await new Promise<number>(
      (resolve) => void clock.schedule(at, () => resolve(clock.now()), { keepAlive: true }),
    );
    expect(ranAt).toBeGreaterThanOrEqual(at);
  });

  it('runs what is scheduled for the past soon, but never inside schedule', async () => {
    const clock = systemClock();
    let ran = false;
    const done = new Promise<void>((resolve) => {
      clock.schedule(0, () => {
        ran = true;
        resolve();
      });
    });
    expect(ran).toBe(false);
    await done;
  });

  it('hands what a task throws or rejects with to onError', async () => {
    const failures: unknown[] = [];
    await new Promise<void>((resolve) => {
      const onError = (error: unknown): void => {
        if (failures.push(error) === 2) resolve();
      };
      const clock = systemClock({ onError });
      clock.schedule(0, () => {
        throw 'thrown';
      });
      clock.schedule(0, () => Promise.reject('rejected'));
    });
    expect(failures).toEqual(['thrown', 'rejected']);
  });

  it.each([
    ['there is no onError', {}],
    [
      'onError throws itself',
      {
        onError: () => {
          throw new Error('also broken');
        },
      },
    ],
  ])('warns of a failure when %s', async (_, options) => {
    const failure = new Error('disk is full');
    const warning = await new Promise<unknown>((resolve) => {
      vi.spyOn(process, 'emitWarning').mockImplementation(resolve);
      systemClock(options).schedule(0, () => Promise.reject(failure));
    });
    vi.restoreAllMocks();
    expect(warning).toMatchObject({ message: 'a scheduled task failed: Error: disk is full', cause: failure });
  });

  it('holds the process open only for what must be kept alive', () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const clock = systemClock();
    const before = timers();
    const cancelIdle = clock.schedule(clock.now() + DAY_MS, () => {});
    expect(timers()).toBe(before);
    const cancelKept = clock.schedule(clock.now() + DAY_MS, () => {}, { keepAlive: true });
    expect(timers()).toBe(before + 1);
    cancelIdle();
    cancelKept();
    expect(timers()).toBe(before);
  });

  it('refuses an instant that is not a number', () => {
    expect(() => systemClock().schedule(Number.NaN, () => {})).toThrow('cannot schedule at NaN');
  });
});

describe('systemClock over long times', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits longer than one timer of Node can', () => {
    const clock = systemClock();
    let ran = false;
    clock.schedule(clock.now() + 60 * DAY_MS, () => {
      ran = true;
    });
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(ran).toBe(false);
    vi.advanceTimersByTime(1);
    expect(ran).toBe(true);
  });

  it('does not run what was cancelled after the first of several timers', () => {
    const clock = systemClock();
    let ran = false;
    const cancel = clock.schedule(clock.now() + 60 * DAY_MS, () => {
      ran = true;
    });
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(ran).toBe(false);
  });

  it.each([-3_600_000, 3_600_000])('waits the same when the wall clock is set by %i ms meanwhile', (ms) => {
    const clock = systemClock();
    let ran = false;
    clock.schedule(clock.now() + 1000, () => {
      ran = true;
    });
    vi.setSystemTime(Date.now() + ms);
    vi.advanceTimersByTime(999);
    expect(ran).toBe(false);
    vi.advanceTimersByTime(1);
    expect(ran).toBe(true);
  });
});
