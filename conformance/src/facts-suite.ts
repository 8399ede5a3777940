/** What every store must do with tallies and the unit ledger. */
import { DEFAULT_SCOPE, emptyTally, meanOf, type Tally, type UnitDelta } from '@sluice/core';
import { covarianceOf } from '@sluice/core/statistics';
import type { FactsBatch, Store } from 'sluice';
import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store-under-test.ts';

const batchOf = (instanceId: string, seq: number, fields: Partial<FactsBatch>): FactsBatch => ({
  instanceId,
  seq,
  scope: DEFAULT_SCOPE,
  tallies: [],
  units: [],
  observations: [],
  ...fields,
});

const tallyOf = (on: number, at: number): Tally => ({
  ...emptyTally(),
  counts: { 'on/SPLIT': on, ['__proto__']: 1 },
  distinct: { on: [[at, 3]] },
  firstAt: at,
  lastAt: at,
});

function deltaOf(unit: number, value: number, arm = 'control'): UnitDelta {
  const values = { aggregation: 'mean', count: 1, sum: value, min: value, max: value, from: 5 } as const;
  return { subject: 'test', unit: unit.toString(16).padStart(16, '0'), arm, firstExposureAt: 5, metrics: { latency: values } };
}

export function factsSuite(subject: () => StoreUnderTest): void {
  it('adds tallies of all instances, each batch once', async () => {
    const { store } = subject();
    const add = (instance: string, seq: number, on: number): Promise<void> =>
      store.addFacts(batchOf(instance, seq, { tallies: [{ scope: DEFAULT_SCOPE, subject: 'flag/a', tally: tallyOf(on, seq) }] }));
    await add('one', 1, 10);
    await add('two', 1, 5);
    await add('one', 1, 10);
    await add('one', 2, 1);
    const tally = await store.readTally(DEFAULT_SCOPE, 'flag/a');
    expect(tally.counts['on/SPLIT']).toBe(16);
    expect(Object.getOwnPropertyDescriptor(tally.counts, '__proto__')?.value).toBe(3);
    expect(tally).toMatchObject({
      distinct: {
        on: [
          [1, 3],
          [2, 3],
        ],
      },
      firstAt: 1,
      lastAt: 2,
    });
    expect(await store.readTally(DEFAULT_SCOPE, 'flag/none')).toEqual(emptyTally());
  });

  it('forgets tallies whose time is over when a batch says so, and keeps those of which no end was told', async () => {
    const { store, reopen } = subject();
    const elsewhere = { project: 'other', environment: 'test' };
    const told = (scope: typeof DEFAULT_SCOPE, name: string, keepUntil?: number) => ({
      ...{ scope, subject: name, tally: tallyOf(1, 1) },
      ...(keepUntil === undefined ? {} : { keepUntil }),
    });
    const [here, later] = [told(DEFAULT_SCOPE, 'window/a', 100), told(DEFAULT_SCOPE, 'window/b', 200)];
    const tallies = [
      here,
      later,
      told(DEFAULT_SCOPE, 'flag/a'),
      told(elsewhere, 'window/a', 100),
      told(DEFAULT_SCOPE, 'window/c', 200),
    ];
    await store.addFacts(batchOf('one', 1, { tallies }));
    // The latest end that was told counts, in whatever order it came.
    await store.addFacts(
      batchOf('one', 2, { tallies: [told(DEFAULT_SCOPE, 'window/b', 300), told(DEFAULT_SCOPE, 'window/c', 100)] }),
    );
    const on = async (scope: typeof DEFAULT_SCOPE, name: string): Promise<number> =>
      (await (opened ?? store).readTally(scope, name)).counts['on/SPLIT'] ?? 0;
    let opened: Store | undefined;
    await store.addFacts(batchOf('one', 3, { forgetBefore: 100 }));
    expect(await on(DEFAULT_SCOPE, 'window/a')).toBe(1);
    await store.addFacts(batchOf('one', 4, { forgetBefore: 200 }));
    await store.addFacts(batchOf('one', 4, { forgetBefore: 400 }));
    opened = await reopen?.();
    await (opened ?? store).addFacts(batchOf('one', 5, { tallies: [told(DEFAULT_SCOPE, 'window/a', 500)] }));
    const found = {
      a: await on(DEFAULT_SCOPE, 'window/a'),
      b: await on(DEFAULT_SCOPE, 'window/b'),
      c: await on(DEFAULT_SCOPE, 'window/c'),
    };
    expect(found).toEqual({ a: 1, b: 2, c: 2 });
    expect([await on(elsewhere, 'window/a'), await on(DEFAULT_SCOPE, 'flag/a')]).toEqual([0, 1]);
    await (opened ?? store).addFacts(batchOf('one', 6, { forgetBefore: 301 }));
    expect([await on(DEFAULT_SCOPE, 'window/a'), await on(DEFAULT_SCOPE, 'window/b')]).toEqual([1, 0]);
  });

  it('remembers the batches of an instance until its time is over, and of which no end was told for ever', async () => {
    const { store, reopen } = subject();
    const tallies = [{ scope: DEFAULT_SCOPE, subject: 'flag/a', tally: tallyOf(1, 1) }];
    const counted = async (of: Store, instance: string, seq: number): Promise<boolean> => {
      const count = async (): Promise<number> => (await of.readTally(DEFAULT_SCOPE, 'flag/a')).counts['on/SPLIT'] ?? 0;
      const before = await count();
      await of.addFacts(batchOf(instance, seq, { tallies }));
      return (await count()) > before;
    };
    await store.addFacts(batchOf('passing', 1, { tallies, rememberUntil: 100 }));
    await store.addFacts(batchOf('longer', 1, { tallies, rememberUntil: 200 }));
    await store.addFacts(batchOf('longer', 2, { tallies, rememberUntil: 50 }));
    await store.addFacts(batchOf('lasting', 1, { tallies }));
    await store.addFacts(batchOf('other', 1, { forgetBefore: 100 }));
    expect(await counted(store, 'passing', 1)).toBe(false);
    const opened = (await reopen?.()) ?? store;
    await opened.addFacts(batchOf('other', 2, { forgetBefore: 101 }));
    expect(await counted(opened, 'lasting', 1)).toBe(false);
    expect(await counted(opened, 'longer', 2)).toBe(false);
    expect(await counted(opened, 'passing', 1)).toBe(true);
  });

  it('keeps one row per unit: who reports again replaces, who is in two arms counts in neither', async () => {
    const { store } = subject();
    await store.addFacts(batchOf('one', 1, { units: [deltaOf(1, 10), deltaOf(2, 20), deltaOf(3, 5, 'treatment')] }));
    await store.addFacts(batchOf('one', 2, { units: [deltaOf(1, 30), deltaOf(3, 7, 'control')] }));
    const totals = await store.readTotals(DEFAULT_SCOPE, 'test');
    expect(totals).toMatchObject({ contaminatedUnits: 1, arms: { control: { exposed: 2 }, treatment: { exposed: 0 } } });
    const latency = totals.arms.control?.metrics.latency;
    expect(latency?.n).toBe(2);
    expect(latency === undefined ? null : meanOf(latency)).toBeCloseTo(20, 12);
  });

  it('keeps what looks have shown: the smallest p, in whatever order and however often it is told', async () => {
    const { store } = subject();
    const look = (p: number, significantAt: number | null) => ({
      subject: 'test',
      looks: { comparisons: { treatment: { latency: { p, rises: p < 0.1, significantAt } } }, sampleRatioP: p },
    });
    await store.addFacts(batchOf('one', 1, { looks: [look(0.04, 9)] }));
    await store.addFacts(batchOf('two', 1, { looks: [look(0.5, null), look(0.3, 7)] }));
    const { looks } = await store.readTotals(DEFAULT_SCOPE, 'test');
    expect(looks).toEqual({
      comparisons: { treatment: { latency: { p: 0.04, rises: true, significantAt: 7 } } },
      sampleRatioP: 0.04,
    });
  });

  it('keeps what a unit’s values were before its exposure beside what they are after', async () => {
    const { store } = subject();
    const values = (value: number, from: number) =>
      ({ aggregation: 'sum', covariate: true, count: 1, sum: value, min: value, max: value, from, until: from }) as const;
    const reported = (unit: string, value: number, from: number, firstExposureAt: number | null): UnitDelta => ({
      subject: 'test',
      unit: unit.repeat(16),
      arm: 'control',
      firstExposureAt,
      metrics: { spent: values(value, from) },
    });
    await store.addFacts(batchOf('one', 1, { units: [reported('a', 3, 1, null), reported('b', 5, 2, null)] }));
    await store.addFacts(
      batchOf('one', 2, { units: [reported('a', 10, 7, 5), reported('b', 20, 7, 5), reported('b', 2, 8, null)] }),
    );
    const totals = await ((await subject().reopen?.()) ?? store).readTotals(DEFAULT_SCOPE, 'test');
    const pairs = totals.arms.control?.pairs?.spent;
    expect(pairs === undefined ? null : [pairs.x.n, meanOf(pairs.x), meanOf(pairs.y), covarianceOf(pairs)]).toEqual([
      2, 4, 16, 12,
    ]);
  });

  it('gives the values of exposed units by arm, and of nobody else', async () => {
    const { store } = subject();
    const unexposed = { ...deltaOf(4, 40), firstExposureAt: null };
    await store.addFacts(batchOf('one', 1, { units: [deltaOf(1, 10), deltaOf(2, 20, 'treatment'), deltaOf(3, 30), unexposed] }));
    await store.addFacts(batchOf('one', 2, { units: [deltaOf(3, 5, 'treatment')] }));
    expect(await store.readUnitValues(DEFAULT_SCOPE, 'test', 'latency')).toEqual({ control: [10], treatment: [20] });
    expect(await store.readUnitValues(DEFAULT_SCOPE, 'test', 'none')).toEqual({});
    expect(await store.readUnitValues(DEFAULT_SCOPE, 'unknown', 'latency')).toEqual({});
  });

  it('keeps facts over a restart, if it keeps anything', async () => {
    const { store, reopen } = subject();
    await store.addFacts(
      batchOf('one', 1, {
        units: [deltaOf(1, 10)],
        tallies: [{ scope: DEFAULT_SCOPE, subject: 'flag/a', tally: tallyOf(4, 9) }],
        looks: [{ subject: 'test', looks: { comparisons: {}, sampleRatioP: 0.25 } }],
      }),
    );
    const kept = [await store.readTotals(DEFAULT_SCOPE, 'test'), await store.readTally(DEFAULT_SCOPE, 'flag/a')];
    if (reopen === undefined) return;
    const reopened = await subject().reopen?.();
    expect([await reopened?.readTotals(DEFAULT_SCOPE, 'test'), await reopened?.readTally(DEFAULT_SCOPE, 'flag/a')]).toEqual(kept);
    await reopened?.addFacts(batchOf('one', 1, { units: [deltaOf(1, 99)] }));
    expect(await reopened?.readTotals(DEFAULT_SCOPE, 'test')).toEqual(kept[0]);
  });
}
