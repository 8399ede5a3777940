/** Facts in a database are what the memory store makes of the same batches. */
import { type Moments, meanOf, type ObservationDelta, type Scope, SluiceError, type UnitDelta } from '@sluice/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { memoryStore } from '../memory-store.ts';
import type { FactsBatch, Store } from '../store.ts';

const SCOPES: readonly Scope[] = [
  { project: 'p', environment: 'one' },
  { project: 'p', environment: 'two' },
];
const SUBJECTS = ['test', 'other', '__proto__'];
const METRICS = ['m', 'n', 'constructor'];

const value = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(1e10, -3e9, 0.1));

const unitDelta: fc.Arbitrary<UnitDelta> = fc
  .record({
    subject: fc.constantFrom(...SUBJECTS),
    unit: fc.nat(12).map((unit) => unit.toString(16).padStart(16, '0')),
    arm: fc.constantFrom('control', 'treatment'),
    firstExposureAt: fc.constantFrom(null, 5, 10),
    plan: fc.constantFrom(undefined, 'pro', 'free'),
    metric: fc.constantFrom(...METRICS),
    values: fc.array(value, { maxLength: 3 }),
    from: fc.constantFrom(1, 7, 20),
    isCovariate: fc.boolean(),
  })
  .map(({ plan, metric, values, from, isCovariate, ...rest }) => {
    const sums = {
      count: values.length,
      sum: values.reduce((a, b) => a + b, 0),
      min: Math.min(...values),
      max: Math.max(...values),
    };
    const rules = { aggregation: 'mean' as const, ...(isCovariate ? { covariate: true as const, until: from } : {}), from };
    const metrics = values.length === 0 ? {} : { [metric]: { ...rules, ...sums } };
    return { ...rest, metrics, ...(plan === undefined ? {} : { dimensions: { plan } }) };
  });

const observation: fc.Arbitrary<ObservationDelta> = fc.record({
  subject: fc.constantFrom(...SUBJECTS),
  arm: fc.constantFrom('control', 'treatment'),
  metrics: fc
    .record({ n: fc.integer({ min: 1, max: 9 }), mean: fc.integer({ min: -5, max: 5 }), m2: fc.nat(20), shift: fc.constant(3) })
    .map((moments) => ({ observed: moments, m: moments })),
});

const anyBatch: fc.Arbitrary<FactsBatch> = fc.record({
  instanceId: fc.constantFrom('one', 'two'),
  seq: fc.integer({ min: 1, max: 12 }),
  scope: fc.constantFrom(...SCOPES),
  units: fc.array(unitDelta, { maxLength: 8 }),
  observations: fc.array(observation, { maxLength: 2 }),
  tallies: fc.array(
    fc.record({
      scope: fc.constantFrom(...SCOPES),
      subject: fc.constantFrom('flag/a', '__proto__'),
      tally: fc.record({
        counts: fc.constantFrom({ on: 1 }, { on: 2, off: 1 }),
        distinct: fc.constant({}),
        sketches: fc.constant({}),
        firstAt: fc.nat(9),
        lastAt: fc.integer({ min: 10, max: 20 }),
      }),
    }),
    { maxLength: 3 },
  ),
  looks: fc.array(
    fc.record({
      subject: fc.constantFrom(...SUBJECTS),
      looks: fc.record({ comparisons: fc.constant({}), sampleRatioP: fc.double({ min: 0, max: 1, noNaN: true }) }),
    }),
    { maxLength: 2 },
  ),
});

/** All that a store can tell of these subjects. */
async function told(store: Store): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const scope of SCOPES) {
    for (const subject of SUBJECTS) {
      answers.push(comparable(await store.readTotals(scope, subject)));
      for (const metric of METRICS) answers.push(sorted(await store.readUnitValues(scope, subject, metric)));
    }
    for (const subject of ['flag/a', '__proto__']) answers.push(await store.readTally(scope, subject));
  }
  return answers;
}

function isMoments(value: object): value is Moments {
  return ['n', 'mean', 'm2', 'shift'].every((name) => Object.hasOwn(value, name));
}

/** Without what depends on the order in which rows were walked: where sums are shifted to, and their last digits. */
function comparable(value: unknown): unknown {
  if (typeof value === 'number') return value === 0 ? 0 : Number(value.toPrecision(7));
  if (typeof value !== 'object' || value === null) return value;
  if (isMoments(value)) return { n: value.n, mean: comparable(meanOf(value)), spread: comparable(Math.sqrt(value.m2)) };
  return Object.entries(value)
    .filter(([name]) => name !== 'shift')
    .map(([name, member]) => [name, comparable(member)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

function sorted(values: Awaited<ReturnType<Store['readUnitValues']>>): unknown {
  return Object.entries(values ?? {})
    .map(([arm, list]) => [arm, [...list].sort((a, b) => a - b)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `make` opens two processes over a new database. */
export async function checkFactsLaw(make: () => Promise<readonly [Store, Store]>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(anyBatch, { maxLength: 14 }), async (batches) => {
      const memory = memoryStore();
      const both = await make();
      try {
        for (const [index, batch] of batches.entries()) {
          await memory.addFacts(batch);
          await both[index % 2]?.addFacts(batch);
        }
        expect(await told(both[0])).toEqual(await told(memory));
      } finally {
        await Promise.all(both.map((store) => store.close()));
      }
    }),
    { numRuns, seed: 20261125 },
  );
}

/** Who is not let in for seconds, because a busy machine is slow with all the others, sends the batch again, as a process does. */
async function taken(store: Store, batch: FactsBatch): Promise<void> {
  for (;;) {
    try {
      await store.addFacts(batch);
      return;
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'unavailable') throw error;
    }
  }
}

/** Many processes at once, each batch sent twice: every sum is that of each batch once. */
export async function checkFactsAtOnce(stores: readonly Store[]): Promise<void> {
  const scope = SCOPES[0] ?? { project: 'p', environment: 'one' };
  const unit = (index: number): UnitDelta => ({
    subject: 'test',
    unit: index.toString(16).padStart(16, '0'),
    arm: index % 2 === 0 ? 'control' : 'treatment',
    firstExposureAt: 5,
    metrics: { m: { aggregation: 'sum', count: 1, sum: 1, min: 1, max: 1, from: 6 } },
  });
  const report = async (store: Store, instance: number): Promise<void> => {
    for (let seq = 1; seq <= 5; seq++) {
      // Neighbours report of the same units.
      const units = Array.from({ length: 20 }, (_, index) => unit(instance * 10 + index));
      const tallies = ['flag/a', 'flag/b'].map((subject) => ({
        scope,
        subject,
        tally: { counts: { on: 1 }, distinct: {}, sketches: {}, firstAt: 1, lastAt: 2 },
      }));
      const batch = { instanceId: `i${instance}`, seq, scope, units, tallies, observations: [] };
      await Promise.all([taken(store, batch), taken(store, batch)]);
    }
  };
  await Promise.all(stores.map(report));
  const [store] = stores;
  const units = 10 * (stores.length - 1) + 20;
  const totals = await store?.readTotals(scope, 'test');
  expect([totals?.arms.control?.exposed, totals?.arms.treatment?.exposed]).toEqual([units / 2, units / 2]);
  const sums = Object.values((await store?.readUnitValues(scope, 'test', 'm')) ?? {}).flat();
  expect(sums.reduce((a, b) => a + b, 0)).toBe(stores.length * 20 * 5);
  for (const subject of ['flag/a', 'flag/b'])
    expect((await store?.readTally(scope, subject))?.counts).toEqual({ on: 5 * stores.length });
}
