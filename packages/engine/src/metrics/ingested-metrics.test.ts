import type { MetricQuery } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../clock/manual-clock.ts';
import { createSluice, type Sluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import type { IngestedSample } from './ingested-batch.ts';
import { IngestedMetrics } from './ingested-metrics.ts';
import { MetricsCollector } from './metrics-collector.ts';

/** A multiple of ten seconds. */
const START = 1_750_000_000_000;
const on = { flag: 'f', variant: 'on' };
const errorRate = { kind: 'errorRate' } as const;

interface Replica {
  readonly sluice: Sluice;
  readonly metrics: IngestedMetrics;
}

async function replicas(clock: ManualClock, count = 2, store: Store = memoryStore()): Promise<readonly Replica[]> {
  const all: Replica[] = [];
  for (let index = 0; index < count; index++) {
    const sluice = createSluice({ store, clock });
    if (index === 0) await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 50 });
    all.push({ sluice, metrics: new IngestedMetrics(sluice.flags) });
  }
  return all;
}

const sample = (
  kind: IngestedSample['kind'],
  name: string,
  value: number,
  more: Partial<IngestedSample> = {},
): IngestedSample => ({
  ...{ kind, name, value },
  ...on,
  ...more,
});

describe('ingested metrics', () => {
  it('answer on two replicas what one collector would answer that had seen all of it', async () => {
    const sampled = fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.nat(25_000)),
      replica: fc.nat(1),
      isIdentified: fc.boolean(),
      isLookedAt: fc.boolean(),
      variant: fc.constantFrom('on', 'off'),
      kind: fc.constantFrom('count', 'observe'),
      name: fc.constantFrom('requests', 'errors', 'latency', 'a/b~1'),
      value: fc.integer({ min: 0, max: 1_000 }),
    });
    const asked = fc.record({
      windowMs: fc.integer({ min: 1, max: 300_000 }),
      query: fc.constantFrom(
        errorRate,
        { kind: 'rate', metric: 'requests' } as const,
        { kind: 'rate', metric: 'a/b~1' } as const,
        { kind: 'mean', metric: 'latency' } as const,
        { kind: 'quantile', metric: 'latency', q: 0.5 } as const,
        { kind: 'quantile', metric: 'a/b~1', q: 0.95 } as const,
        { kind: 'mean', metric: 'never' } as const,
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sampled, { minLength: 1, maxLength: 40 }),
        fc.array(asked, { maxLength: 8 }),
        async (samples, questions) => {
          const clock = manualClock(START + 3_456);
          const all = await replicas(clock);
          const collector = new MetricsCollector({ clock, windowMs: 300_000, resolutionMs: 10_000 });
          const agree = async (query: MetricQuery, windowMs: number): Promise<void> => {
            await clock.advance(1_000);
            for (const variant of ['on', 'off']) {
              const range = { flag: 'f', variant, from: clock.now() - windowMs, to: clock.now() };
              const expected = collector.measure(query, range);
              for (const { metrics } of all) expect(await metrics.measure(query, range)).toEqual(expected);
            }
          };
          let seq = 0;
          for (const [index, { afterMs, replica, isIdentified, isLookedAt, kind, name, value, variant }] of samples.entries()) {
            if (index > 0) await clock.advance(afterMs);
            if (kind === 'count') collector.count(name, { flag: 'f', variant }, value);
            else collector.observe(name, value, { flag: 'f', variant });
            const sender = isIdentified ? { sender: { instanceId: 'sdk', seq: ++seq } } : {};
            const batch = { samples: [sample(kind as 'count', name, value, { variant })], ...sender };
            expect(await all[replica]?.metrics.ingest(batch)).toEqual({ taken: 1, refused: [] });
            // An SDK that heard no answer sends the same batch again, to whom it reaches.
            if (isIdentified) await all[1 - replica]?.metrics.ingest(batch);
            if (isLookedAt) await agree(errorRate, 60_000);
          }
          for (const { windowMs, query } of questions) await agree(query, windowMs);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('answer from the edge of a slot what a collector of one second answers', async () => {
    const clock = manualClock(START);
    const [one, two] = await replicas(clock);
    const collector = new MetricsCollector({ clock });
    for (let second = 0; second < 60; second++) {
      for (const [name, value] of [
        ['requests', 20],
        ['errors', second % 3],
      ] as const) {
        collector.count(name, on, value);
        await (second % 2 === 0 ? one : two)?.metrics.ingest({ samples: [sample('count', name, value)] });
      }
      await clock.advance(1_000);
    }
    const range = { ...on, from: START + 20_000, to: clock.now() };
    expect(await two?.metrics.measure(errorRate, range)).toEqual(collector.measure(errorRate, range));
    expect(collector.measure(errorRate, range)).toMatchObject({ kind: 'value', samples: 800 });
  });

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
