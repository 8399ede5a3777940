/** SDKs that evaluate themselves, and report to two servers over one store: what comes of it is what one process would have seen. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { createSluice, type Sluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import { sqliteStore } from '../store/sql/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import type { IngestedExposure, IngestedTestValue } from './ingested-exposures.ts';
import { ingestedMetricsOf, type ReportResult } from './ingested-metrics.ts';

const START = 1_750_000_000_000;
const END = START + 30_000;

interface Happening {
  readonly at: number;
  readonly user: string;
  /** Null asks the flag; else a value is recorded. */
  readonly value: number | null;
}

interface Reports {
  readonly exposures: readonly IngestedExposure[];
  readonly values: readonly IngestedTestValue[];
}

const happening = fc.record({
  at: fc.integer({ min: START, max: END - 1 }),
  user: fc.integer({ min: 0, max: 12 }).map((number) => `user-${number}`),
  value: fc.option(fc.integer({ min: 0, max: 50 }), { nil: null }),
});

async function prepared(store: Store, clock = manualClock(START)): Promise<Sluice> {
  const sluice = createSluice({ store, clock });
  await sluice.ready;
  return sluice;
}

async function begin({ abTests }: Sluice): Promise<void> {
  const latency = { name: 'latency', goal: 'decrease', role: 'primary', aggregation: 'mean' } as const;
  await abTests.createTest({
    ...{ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 0.5, durationDays: 7 },
    trackedMetrics: [latency, { ...latency, name: 'spent', goal: 'increase', role: 'secondary', windowDays: 0.0001 }],
  });
  await abTests.startTest('t');
}

/** Everything in one process, in order; answers what an SDK would have to tell of it. */
async function inOneProcess(
  happenings: readonly Happening[],
  metrics: readonly string[],
): Promise<{ results: unknown; reports: Reports }> {
  const clock = manualClock(START);
  const sluice = await prepared(memoryStore(), clock);
  await begin(sluice);
  const [exposures, values]: [IngestedExposure[], IngestedTestValue[]] = [[], []];
  for (const { at, user, value } of happenings.toSorted((a, b) => a.at - b.at)) {
    await clock.advance(at - clock.now());
    const variant = sluice.abTests.getVariant('t', { userId: user });
    exposures.push({ flag: 't', variant, unit: user, at, isDrawn: true });
    if (value === null) continue;
    for (const metric of metrics) {
      sluice.abTests.recordMetric('t', variant, metric, value, { userId: user });
      values.push({ test: 't', variant, metric, value, unit: user, at });
    }
  }
  await clock.advance(END - clock.now());
  const results = await sluice.abTests.getTestResults('t');
  await sluice.close();
  return { results, reports: { exposures, values } };
}

/** Sums in another order differ in their last digits. */
const plain = (results: unknown): unknown =>
  JSON.parse(
    JSON.stringify(results, (_, value) => {
      if (value instanceof Map) return [...value];
      // The difference of equal means is 0, or what rounding leaves of it in another order.
      return typeof value === 'number' ? (Math.abs(value) < 1e-9 ? 0 : Number(value.toPrecision(9))) : value;
    }),
  );

describe('what SDKs report of what they evaluated themselves', () => {
  it.each([
    ['memory', () => memoryStore()],
    ['SQLite', () => sqliteStore({ file: join(mkdtempSync(join(tmpdir(), 'sluice-exposures-')), 'sluice.db') })],
  ])('two of them at two servers come to what one process would have seen, in any order, once each: %s', async (_, make) => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 40 }), fc.nat(4), fc.boolean(), async (happenings, seed, isShared) => {
        const { results, reports } = await inOneProcess(happenings, isShared ? ['latency'] : ['latency', 'spent']);
        const store = make();
        const first = await prepared(store);
        await begin(first);
        const second = await prepared(store);
        const late = manualClock(END);
        const servers = [first, second].map(({ flags }) => ingestedMetricsOf(flags));
        for (const { flags } of [first, second]) await (flags.runtime.clock as typeof late).advance(END - START);
        // A window is judged by the exposure that is known when a value comes: its units are met by one of the two.
        const sdkOf = (at: number, unit = ''): number => (isShared ? at : unit.length) % 2;
        const batches = [0, 1].flatMap((sdk) =>
          [0, 1].map((part) => ({
            samples: [],
            hasTallies: true,
            sentAt: END,
            sender: { instanceId: `sdk-${sdk}`, seq: part + 1 },
            exposures: reports.exposures.filter(
              ({ at = 0, unit }) => sdkOf(at, unit) === sdk && at < START + 15_000 === (part === 0),
            ),
            values: reports.values.filter(({ at = 0, unit }) => sdkOf(at, unit) === sdk && at < START + 15_000 === (part === 0)),
          })),
        );
        const order = [...batches, ...batches].map((batch, index) => ({ batch, place: (index * 7 + seed) % 5 }));
        // A sender sends its own in order; the two interleave, and each batch comes twice.
        for (const { batch, place } of order) await servers[Math.abs(place) % 2]?.report(batch);
        expect(plain(await first.abTests.getTestResults('t'))).toEqual(plain(results));
        await first.close();
        await second.close();
      }),
      { numRuns: 15 },
    );
  });
});

describe('what of a report does not count', () => {
  async function report(given: Partial<Reports>, seq = 1, on?: Sluice): Promise<ReportResult & { sluice: Sluice }> {
    const sluice = on ?? (await prepared(memoryStore()));
    if (on === undefined) await begin(sluice);
    const batch = { samples: [], exposures: [], values: [], hasTallies: false, sender: { instanceId: 'sdk', seq }, ...given };
    return { sluice, ...(await ingestedMetricsOf(sluice.flags).report(batch)) };
  }
  const exposure = { flag: 't', variant: 'control', unit: 'ann', isDrawn: true };

  it('a unit that was seen in two arms leaves both and is counted', async () => {
    const treatment = { ...exposure, variant: 'treatment' };
    const { sluice } = await report({ exposures: [exposure, { ...exposure, unit: 'bob' }] });
    await report({ exposures: [treatment] }, 2, sluice);
    const results = await sluice.abTests.getTestResults('t');
    expect([results.sampleSizes.control, results.sampleSizes.treatment]).toEqual([1, 0]);
    expect((await sluice.flags.runtime.store.readTotals(DEFAULT_SCOPE, 't')).contaminatedUnits).toBe(1);
    await sluice.close();
  });

  it('what is of no flag, variant, arm or running test is named by its place, and the rest counts', async () => {
    const told = await report({
      exposures: [exposure, { ...exposure, flag: 'none' }, { ...exposure, variant: 'none' }, { ...exposure, at: START - 1 }],
      values: [
        { test: 't', variant: 'control', metric: 'latency', value: 1, unit: 'ann' },
        { test: 't', variant: 'none', metric: 'latency', value: 1, unit: 'ann' },
      ],
    });
    expect([told.taken, told.refusedExposures.map(({ index }) => index), told.refusedValues.map(({ index }) => index)]).toEqual([
      2,
      [1, 2, 3],
      [1],
    ]);
    await told.sluice.close();
  });

  it('whom a list sent to an arm is no exposure, but an evaluation', async () => {
    const { sluice } = await report({ exposures: [{ ...exposure, isDrawn: false, count: 3 }] });
    expect((await sluice.abTests.getTestResults('t')).sampleSizes.control).toBe(0);
    expect((await sluice.flags.getFlagStats('t')).byReason).toEqual({ TARGETING_MATCH: 3 });
    await sluice.close();
  });

  it('an instant in the future is now, and a clock that is wrong is put right', async () => {
    const { sluice, refusedExposures } = await report({ exposures: [{ ...exposure, at: START + 86_400_000 }] });
    expect(refusedExposures).toEqual([]);
    expect((await sluice.flags.getFlagStats('t')).lastEvaluatedAt?.getTime()).toBe(START);
    await sluice.close();
  });
});

it('a value stays behind its exposure when that came by a slower request, and a clock that is hours wrong is put right', async () => {
  const clock = manualClock(START);
  const sluice = await prepared(memoryStore(), clock);
  await begin(sluice);
  await clock.advance(60_000);
  const tell = (instanceId: string, seq: number, sentAt: number, told: Partial<Reports>) =>
    ingestedMetricsOf(sluice.flags).report({
      ...{ samples: [], exposures: [], values: [], hasTallies: true, sentAt, sender: { instanceId, seq } },
      ...told,
    });
  const ofUnit = (unit: string) => ({ variant: 'control', unit });
  const at = clock.now();
  await clock.advance(1_500);
  await tell('slow', 1, at, { exposures: [{ flag: 't', ...ofUnit('ann'), at, isDrawn: true }] });
  await tell('slow', 2, clock.now(), { values: [{ test: 't', ...ofUnit('ann'), metric: 'latency', value: 1, at: at + 20 }] });
  for (const skew of [7_200_000, -7_200_000]) {
    const there = clock.now() + skew;
    const exposures = [{ flag: 't', ...ofUnit(`user${skew}`), at: there - 50, isDrawn: true }];
    const values = [{ test: 't', ...ofUnit(`user${skew}`), metric: 'latency', value: 1, at: there - 30 }];
    expect(await tell(`sdk${skew}`, 1, there, { exposures, values })).toMatchObject({ taken: 2 });
  }
  const { arms } = await sluice.flags.runtime.store.readTotals(DEFAULT_SCOPE, 't');
  expect(arms.control).toMatchObject({ exposed: 3, metrics: { latency: { n: 3 } } });
  await sluice.close();
});

it('what an SDK has heard of before this server counts', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-first-')), 'db');
  const [one, other] = [await prepared(sqliteStore({ file })), await prepared(sqliteStore({ file }))];
  await begin(one);
  expect(other.flags.runtime.view.experiments.has('t')).toBe(false);
  const { refusedExposures, refusedValues } = await ingestedMetricsOf(other.flags).report({
    ...{ samples: [], hasTallies: true, sender: { instanceId: 'sdk', seq: 1 } },
    exposures: [{ flag: 't', variant: 'control', unit: 'ann', isDrawn: true }],
    values: [{ test: 't', variant: 'control', unit: 'ann', metric: 'latency', value: 1 }],
  });
  expect([refusedExposures, refusedValues]).toEqual([[], []]);
  await Promise.all([one.close(), other.close()]);
});

it('the exposures of a stage are those of all SDKs, and let it go on', async () => {
  const clock = manualClock(START);
  const sluice = await prepared(memoryStore(), clock);
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  const plan = { strategy: 'percentage', stages: [20, 50], bakeMs: 1_000, minExposures: 50, validate: async () => true } as const;
  await sluice.rollouts.startRollout('f', plan);
  await clock.advance(2_000);
  const stage = (): number | undefined => sluice.rollouts.getRolloutStatus('f')?.currentPercentage;
  expect(stage()).toBe(20);
  const exposures = Array.from({ length: 60 }, (_, user) => ({ flag: 'f', variant: 'on', unit: `user-${user}`, isDrawn: true }));
  const batch = { samples: [], values: [], hasTallies: true, sender: { instanceId: 'sdk', seq: 1 }, exposures };
  const ingested = ingestedMetricsOf(sluice.flags);
  expect((await ingested.report({ ...batch, exposures: exposures.slice(0, 30) })).taken).toBe(30);
  await clock.advance(5_000);
  expect(stage(), 'thirty units are too few').toBe(20);
  await ingested.report({ ...batch, sender: { instanceId: 'other', seq: 1 } });
  await clock.advance(3_000);
  expect(stage()).toBe(50);
  const { refusedExposures } = await ingested.report({
    ...{ ...batch, sender: { instanceId: 'other', seq: 2 } },
    exposures: [{ flag: 'f', variant: 'on', unit: 'ann', isDrawn: true, at: START }],
  });
  expect(refusedExposures[0]?.message).toContain('before the present stage');
  await sluice.close();
});
