/** What one collector would answer is what several processes answer that share a store. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetricQuery } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { memoryStore } from '../store/memory-store.ts';
import { sqliteStore } from '../store/sql/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { errorRate, on, replicas, replicasOf, START, sample } from './ingested-metrics.testing.ts';
import { MetricsCollector } from './metrics-collector.ts';

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

  it.each<[string, () => Promise<readonly Store[]>]>([
    ['in memory', async () => Array(2).fill(memoryStore())],
    [
      'in one SQLite database that each opened',
      async () => {
        const file = join(await mkdtemp(join(tmpdir(), 'sluice-ingested-')), 'sluice.db');
        return [sqliteStore({ file }), sqliteStore({ file })];
      },
    ],
  ])('answer from the edge of a slot what a collector of one second answers, %s', async (_, open) => {
    const clock = manualClock(START);
    const stores = await open();
    const all = await replicasOf(clock, stores);
    const [one, two] = all;
    await stores[1]?.refresh();
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
    for (const { sluice } of all) await sluice.close();
  });
});
