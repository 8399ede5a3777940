import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';

const never = (): Promise<void> => new Promise(() => {});

describe('manualClock: order', () => {
  it('runs what becomes due by time, each at its own instant, and nothing that is later', async () => {
    const clock = manualClock(1000);
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
    clock.schedule(1030, note('c'));
    clock.schedule(1010, note('a'));
    clock.schedule(1020, note('b1'));
    clock.schedule(1020, note('b2'));
    clock.schedule(1051, note('later'));
    await clock.advance(50);
    expect(seen).toEqual(['a@1010', 'b1@1020', 'b2@1020', 'c@1030']);
    expect(clock.now()).toBe(1050);
  });

  it('runs what a task schedules within the time that passes, also for its own instant', async () => {
    const clock = manualClock(0);
    const seen: number[] = [];
    const tick = (): void => {
      seen.push(clock.now());
      clock.schedule(clock.now() + 10, tick);
    };
    clock.schedule(10, () => {
      clock.schedule(10, () => void seen.push(-10));
      tick();
    });
    await clock.advanceTo(35);
    expect(seen).toEqual([10, -10, 20, 30]);
  });

  it('does not run what was cancelled, also by a task of the same instant', async () => {
    const clock = manualClock(0);
    const seen: string[] = [];
    clock.schedule(5, () => {
      seen.push('first');
      cancelSecond();
    });
    const cancelSecond = clock.schedule(5, () => void seen.push('second'));
    clock.schedule(6, () => void seen.push('third'))();
    await clock.advance(10);
    expect(seen).toEqual(['first']);
  });

  it('runs what is scheduled for the past at the present instant, the oldest first', async () => {
    const clock = manualClock(100);
    const seen: string[] = [];
    clock.schedule(50, () => void seen.push(`fifty@${clock.now()}`));
    clock.schedule(20, () => void seen.push(`twenty@${clock.now()}`));
    expect(seen).toEqual([]);
    await clock.advance(0);
    expect(seen).toEqual(['twenty@100', 'fifty@100']);
  });

  it('queues calls that are made at once', async () => {
    const clock = manualClock(0);
    const instants: number[] = [];
    clock.schedule(5, () => void clock.schedule(15, () => void instants.push(clock.now())));
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect(instants).toEqual([15]);
    expect(clock.now()).toBe(20);
  });
});

describe('manualClock: work', () => {
  it('lets a task finish, with all the tracked work it starts, before time moves on', async () => {
    const clock = manualClock(0);
    const finishedAt: number[] = [];
    const turns = async (count: number): Promise<void> => {
      for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
      finishedAt.push(clock.now());
    };
    clock.schedule(1, async () => {
      await turns(20);
      clock.track(turns(10).then(() => clock.track(turns(10))));
    });
    clock.schedule(2, () => {});
    await clock.advance(2);
    expect(finishedAt).toEqual([1, 1, 1]);
  });

  it('lets work that is under way finish before the first task', async () => {
    const clock = manualClock(0);
    const seen: string[] = [];
    clock.track(
      new Promise((resolve) => setImmediate(resolve)).then(() => clock.schedule(1, () => void seen.push('scheduled by work'))),
    );
    clock.schedule(2, () => void seen.push('two'));
    await clock.advance(2);
    expect(seen).toEqual(['scheduled by work', 'two']);
  });

  it('waits as long as files are written, however long that takes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-clock-'));
    const clock = manualClock(0);
    let written = 0;
    clock.schedule(1, async () => {
      const file = await open(join(folder, 'journal'), 'a');
      for (; written < 300; written++) {
        await file.write('line\n');
        await file.datasync();
      }
      await file.close();
    });
    await clock.advance(1);
    expect(written).toBe(300);
    await rm(folder, { recursive: true });
  });

  it('moves on without work that waits for the clock, and lets it finish when its time has come', async () => {
    const clock = manualClock(0);
    const seen: string[] = [];
    clock.schedule(1, async () => {
      await new Promise<void>((resolve) => void clock.schedule(30, resolve));
      await Promise.resolve();
      seen.push(`woken@${clock.now()}`);
    });
    clock.schedule(10, () => void seen.push('ten'));
    clock.schedule(31, () => void seen.push('thirty-one'));
    await clock.advance(31);
    expect(seen).toEqual(['ten', 'woken@30', 'thirty-one']);
  });

  it('lets hanging work that was woken take some turns of the event loop', async () => {
    const clock = manualClock(0);
    let wokenAt = -1;
    const hanging = new Promise<void>((resolve) => void clock.schedule(30, resolve));
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    clock.track(
      hanging
        .then(turn)
        .then(turn)
        .then(() => {
          wokenAt = clock.now();
        }),
    );
    await clock.advance(40);
    expect(wokenAt).toBe(30);
  });

  it('is patient with hanging work once, not at every instant', async () => {
    const clock = manualClock(0);
    let ticks = 0;
    const tick = (): void => {
      ticks += 1;
      clock.schedule(clock.now() + 1, tick);
    };
    tick();
    clock.track(never());
    await clock.advance(2000);
    expect(ticks).toBe(2001);
  });

  it('does not deadlock on a task that waits for an advance of its own', async () => {
    const clock = manualClock(0);
    let inner = -1;
    clock.schedule(1, async () => {
      await clock.advance(5);
      inner = clock.now();
    });
    await clock.advance(1);
    await clock.advance(0);
    expect(inner).toBe(6);
  });
});

describe('manualClock: failures', () => {
  it('throws what a task threw, after everything else has happened', async () => {
    const clock = manualClock(0);
    let later = false;
    clock.schedule(1, () => Promise.reject(new Error('disk is full')));
    clock.schedule(2, () => {
      later = true;
    });
    await expect(clock.advance(5)).rejects.toThrow('disk is full');
    expect([later, clock.now()]).toEqual([true, 5]);
    await clock.advance(1);
  });

  it('throws several failures together', async () => {
    const clock = manualClock(0);
    const failures = [new Error('one'), new Error('two')];
    for (const failure of failures) {
      clock.schedule(1, () => {
        throw failure;
      });
    }
    await expect(clock.advance(1)).rejects.toMatchObject({ name: 'AggregateError', errors: failures });
  });

  it('throws what a hanging task throws later from the call that woke it', async () => {
    const clock = manualClock(0);
    clock.schedule(1, () => new Promise((_, reject) => void clock.schedule(30, () => reject(new Error('too late')))));
    await clock.advance(1);
    await expect(clock.advance(29)).rejects.toThrow('too late');
  });

  it('leaves the failure of tracked work to its owner', async () => {
    const clock = manualClock(0);
    const work = Promise.reject(new Error('refused'));
    clock.track(work);
    await clock.advance(1);
    await expect(work).rejects.toThrow('refused');
  });

  it('names a task that keeps scheduling itself for the same instant', async () => {
    const clock = manualClock(7);
    const again = (): void => void clock.schedule(clock.now(), again);
    again();
    await expect(clock.advance(1)).rejects.toThrow('10000 tasks ran at 7');
  });

  it.each([
    ['a negative time', (clock: ReturnType<typeof manualClock>) => clock.advance(-1)],
    ['an instant that has passed', (clock: ReturnType<typeof manualClock>) => clock.advanceTo(99)],
    ['a time that is not a number', (clock: ReturnType<typeof manualClock>) => clock.advance(Number.NaN)],
  ])('refuses %s and stands still', async (_, move) => {
    const clock = manualClock(100);
    await expect(move(clock)).rejects.toMatchObject({ code: 'invalid' });
    expect(clock.now()).toBe(100);
  });
});

describe('manualClock: jump', () => {
  it.each([3_600_000, -3_600_000])('sets the wall clock by %i ms without passing time', async (ms) => {
    const clock = manualClock(10_000_000);
    const instants: number[] = [];
    clock.schedule(clock.now() + 100, () => void instants.push(clock.now()));
    clock.jump(ms);
    await clock.advance(99);
    expect(instants).toEqual([]);
    await clock.advance(1);
    expect(instants).toEqual([10_000_100 + ms]);
    clock.schedule(clock.now() + 100, () => void instants.push(clock.now()));
    await clock.advanceTo(10_000_200 + ms);
    expect(instants).toEqual([10_000_100 + ms, 10_000_200 + ms]);
  });
});
