import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { IngestedSample } from './ingested-batch.ts';
import { errorRate, on, replicas, START, sample } from './ingested-metrics.testing.ts';
import { IngestedMetrics } from './ingested-metrics.ts';

describe('ingested metrics', () => {
  it('put the sender’s clock right, take what is a little late, and no future', async () => {
    const clock = manualClock(START + 120_000);
    const [one] = await replicas(clock, 1);
    const wrong = START - 86_400_000;
    const result = await one?.metrics.ingest({
      sentAt: wrong,
      samples: [
        sample('count', 'requests', 1, { at: wrong - 45_000 }),
        sample('count', 'requests', 2, { at: wrong - 61_000 }),
        sample('count', 'requests', 4, { at: wrong + 3_600_000 }),
        sample('count', 'requests', 8),
      ],
    });
    expect(result).toEqual({
      taken: 3,
      refused: [{ index: 1, message: 'it is 61 s old; samples older than 60 s come too late' }],
    });
    const measured = async (from: number, to: number) =>
      one?.metrics.measure({ kind: 'rate', metric: 'requests' }, { ...on, from, to });
    expect(await measured(START + 70_000, START + 79_999)).toMatchObject({ samples: 1, at: START + 75_000 });
    expect(await measured(START + 110_000, START + 129_999)).toMatchObject({ samples: 12, at: START + 120_000 });
  });

  it('refuse a sample that is none, and take the others', async () => {
    const clock = manualClock(START);
    const [one] = await replicas(clock, 1);
    const bad: unknown[] = [
      null,
      7,
      sample('count', 'requests', -1),
      sample('observe', 'latency', Number.NaN),
      sample('count', '', 1),
      { ...sample('count', 'requests', 1), kind: 'gauge' },
      sample('count', 'requests', 1, { flag: 'unknown' }),
      sample('count', 'requests', 1, { variant: '__proto__' }),
      { ...sample('count', 'requests', 1), at: 'now' },
      { kind: 'count', name: 'requests', value: 1 },
    ];
    const result = await one?.metrics.ingest({ samples: [...(bad as IngestedSample[]), sample('count', 'requests', 5)] });
    expect(result?.taken).toBe(1);
    expect(result?.refused.map(({ index }) => index)).toEqual(bad.map((_, index) => index));
    expect(result?.refused.map(({ message }) => message)).toEqual([
      'a sample is an object, not null',
      'a sample is an object, not 7',
      expect.stringContaining('counters only rise'),
      expect.stringContaining('finite number'),
      expect.stringContaining('name is a text'),
      'a sample\'s kind is "count" or "observe", not "gauge"',
      'there is no flag "unknown"',
      'flag "f" has no variant "__proto__"',
      expect.stringContaining('instant is in milliseconds since 1970'),
      expect.stringContaining('there is no flag undefined'),
    ]);
  });

  it('refuse a sender whose number was never one, before anything is taken', async () => {
    const [one] = await replicas(manualClock(START), 1);
    const samples = [sample('count', 'requests', 5)];
    for (const seq of [0, -1, 1.5, Number.NaN])
      await expect(one?.metrics.ingest({ samples, sender: { instanceId: 'sdk', seq } })).rejects.toThrow(
        `/sender/seq must be a whole number from 1; it is ${seq}`,
      );
    await expect(one?.metrics.ingest({ samples, sender: { instanceId: '', seq: 1 } })).rejects.toThrow('/sender/instanceId');
    expect(await one?.metrics.ingest({ samples, sender: { instanceId: 'sdk', seq: 1 } })).toMatchObject({ taken: 1 });
  });

  it('take no more series than there is room for, and no requests without room for their errors', async () => {
    const clock = manualClock(START);
    const [one] = await replicas(clock, 1);
    if (one === undefined) return;
    const metrics = new IngestedMetrics(one.sluice.flags, { maxSeries: 4, windowMs: 60_000 });
    const take = (...names: string[]) => metrics.ingest({ samples: names.map((name) => sample('count', name, 1)) });
    expect(await take('a', 'b', 'c')).toMatchObject({ taken: 3 });
    expect(await take('requests', 'a')).toMatchObject({
      taken: 1,
      refused: [{ index: 0, message: expect.stringContaining('no room') }],
    });
    await clock.advance(90_000);
    expect(await take('requests', 'errors', 'x', 'y', 'z')).toMatchObject({ taken: 4, refused: [{ index: 4 }] });
  });

  it('tell of silence since when, also on a replica that never heard of the metric', async () => {
    const clock = manualClock(START);
    const [one, two] = await replicas(clock);
    await one?.metrics.ingest({ samples: [sample('count', 'requests', 1)] });
    await clock.advance(600_000);
    const range = { ...on, from: clock.now() - 60_000, to: clock.now() };
    expect(await two?.metrics.measure(errorRate, range)).toEqual({ kind: 'noData', at: START });
    expect(await two?.metrics.measure(errorRate, { ...range, variant: 'off' })).toEqual({ kind: 'noData', at: null });
  });

  it('are an error for what can never be measured, and when the store cannot be read', async () => {
    const clock = manualClock(START);
    const store = memoryStore();
    const [one] = await replicas(clock, 1, store);
    expect(one?.metrics.measure(errorRate, { ...on, from: START - 3_600_001, to: START })).toMatchObject({
      kind: 'error',
      cause: 'badQuery',
    });
    expect(one?.metrics.measure(errorRate, { flag: 'f', from: START, to: START })).toMatchObject({
      kind: 'error',
      cause: 'badQuery',
    });
    store.readTally = () => Promise.reject(new Error('connection lost'));
    const message = expect.stringContaining('connection lost');
    expect(await one?.metrics.measure(errorRate, { ...on, from: START, to: START })).toEqual({
      kind: 'error',
      cause: 'provider',
      message,
    });
  });

  it('leave no slot in the store that no window can ask for', async () => {
    const clock = manualClock(START);
    const store = memoryStore();
    const subjects = new Set<string>();
    const addFacts = store.addFacts.bind(store);
    store.addFacts = (batch) => {
      for (const { subject, keepUntil } of batch.tallies) if (keepUntil !== undefined) subjects.add(subject);
      return addFacts(batch);
    };
    const [one] = await replicas(clock, 1, store);
    for (let minute = 0; minute < 180; minute++) {
      await one?.metrics.ingest({ samples: [sample('count', 'requests', 1)] });
      await clock.advance(60_000);
    }
    const scope = { project: 'default', environment: 'production' };
    const kept = await Promise.all(
      [...subjects].map(async (subject) => (await store.readTally(scope, subject)).firstAt !== null),
    );
    expect(subjects.size).toBe(180);
    expect(kept.filter(Boolean).length).toBe(62);
  });
});
