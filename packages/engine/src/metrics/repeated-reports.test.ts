/** A batch of facts that is sent again, soon or after weeks, changes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, subjectOf } from '@sluice/core';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { createSluice, type Sluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import { sqliteStore } from '../store/sql/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { ingestedMetricsOf, type ReportedBatch } from './ingested-metrics.ts';
import { SENDER_REMEMBERED_MS } from './sender.ts';

const START = 1_750_000_000_000;
const DAY_MS = 86_400_000;
const DAYS = SENDER_REMEMBERED_MS / DAY_MS;

/** One server after another over this store, each at its own time: what is remembered stands in no process. */
async function at<T>(store: Store, now: number, act: (sluice: Sluice) => Promise<T>): Promise<T> {
  const sluice = createSluice({ store, clock: manualClock(now) });
  await sluice.ready;
  const answer = await act(sluice);
  await sluice.close();
  return answer;
}

/** The servers that use it do not close it. */
function lasting(store: Store): { readonly store: Store; close(): Promise<void> } {
  const close = store.close.bind(store);
  return { store: Object.assign(store, { close: async () => {} }), close };
}

const begin = ({ abTests }: Sluice) =>
  abTests
    .createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', durationDays: 3_000, trackedMetrics: ['latency'] })
    .then(() => abTests.startTest('t'));

function batchOf(sender: string, seq: number, now: number): ReportedBatch {
  const met = { unit: `${sender} ${seq}`, at: now - 10 };
  return {
    sender: { instanceId: sender, seq },
    sentAt: now,
    hasTallies: false,
    samples: [{ kind: 'count', name: 'requests', value: 1, flag: 't', variant: 'control', at: now - 10 }],
    exposures: [{ flag: 't', variant: 'control', isDrawn: true, ...met }],
    values: [{ test: 't', variant: 'control', metric: 'latency', value: seq, ...met }],
  };
}

const report = async (store: Store, now: number, batch: ReportedBatch) =>
  at(store, now, ({ flags }) => ingestedMetricsOf(flags).report(batch));

async function counted(store: Store): Promise<unknown> {
  const tests = (await store.read()).records.filter((record) => record.kind === 'experiment');
  expect(tests).toHaveLength(1);
  const totals = await Promise.all(tests.map((test) => store.readTotals(DEFAULT_SCOPE, subjectOf(test))));
  return { totals, tally: await store.readTally(DEFAULT_SCOPE, 'flag/t') };
}

const stores: [string, number, (folder: string) => Store][] = [
  ['memory', 40, () => memoryStore()],
  ['SQLite', 8, (folder) => sqliteStore({ file: join(mkdtempSync(join(folder, 's-')), 'sluice.db') })],
];

it.each(stores)(
  `up to ${DAYS} days after its sender's last, in any order, whatever others sent meanwhile: %s`,
  async (_, numRuns, open) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-repeated-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const sent = fc.record({ sender: fc.constantFrom('sdk-1', 'sdk-2'), afterDays: fc.integer({ min: 0, max: 30 }) });
    const again = fc.record({ which: fc.nat(20), afterDays: fc.integer({ min: 0, max: DAYS - 1 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sent, { minLength: 1, maxLength: 5 }),
        fc.array(again, { maxLength: 4 }),
        async (first, repeats) => {
          const { store, close } = lasting(open(folder));
          await at(store, START, begin);
          const batches: ReportedBatch[] = [];
          const seqs = new Map<string, number>();
          let now = START + 1_000;
          const lastAt = new Map<string, number>();
          for (const { sender, afterDays } of first) {
            now += afterDays * DAY_MS;
            const seq = (seqs.get(sender) ?? 0) + 1;
            seqs.set(sender, seq);
            lastAt.set(sender, now);
            const batch = batchOf(sender, seq, now);
            batches.push(batch);
            expect(await report(store, now, batch)).toMatchObject({ taken: 3 });
          }
          const once = await counted(store);
          expect(JSON.stringify(once)).toContain('latency');
          const due = repeats.map(({ which, afterDays }) => {
            const batch = batches[which % batches.length] as ReportedBatch;
            return { batch, at: Math.max(now, (lastAt.get(batch.sender.instanceId) ?? now) + afterDays * DAY_MS) };
          });
          for (const { batch, at: repeatedAt } of due.toSorted((a, b) => a.at - b.at)) {
            // Somebody else's batch asks for what is too old to be forgotten.
            const other = { ...batchOf('other', 1, repeatedAt), exposures: [], values: [] };
            await report(store, repeatedAt, { ...other, sender: { instanceId: `other at ${repeatedAt}`, seq: 1 } });
            if (repeatedAt <= (lastAt.get(batch.sender.instanceId) ?? 0) + SENDER_REMEMBERED_MS)
              await report(store, repeatedAt, batch);
          }
          expect(await counted(store)).toEqual(once);
          await close();
        },
      ),
      { numRuns },
    );
  },
);
