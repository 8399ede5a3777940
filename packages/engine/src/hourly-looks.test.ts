import { DEFAULT_SCOPE, type SubjectTotals, seededGenerator } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

const HOUR = 3_600_000;
const START = 1_700_000_000_000;
const METRIC = { name: 'm', goal: 'increase' } as const;

async function running(more: object = {}, store: Store = memoryStore()) {
  const clock = manualClock(START);
  const sluice = createSluice({ store, clock });
  await sluice.abTests.createTest({
    ...{ testId: 't', controlComponent: 'a', treatmentComponent: 'b', durationDays: 2, trackedMetrics: [METRIC] },
    ...more,
  });
  await sluice.abTests.startTest('t');
  return { clock, sluice, store };
}

/** So many users of whom the treatment's have `lift` more. */
function serve({ abTests }: Sluice, users: number, random: () => number, lift: number): void {
  for (let index = 0; index < users; index++) {
    const userId = `user-${random()}`;
    const variant = abTests.getVariant('t', { userId });
    abTests.recordMetric('t', variant, 'm', random() + (variant === 'treatment' ? lift : 0), { userId });
  }
}

const keptOf = async (store: Store): Promise<SubjectTotals['looks']> => (await store.readTotals(DEFAULT_SCOPE, 't')).looks;

/** A store that counts how often totals are read, which a look begins with, and that outlives the processes over it. */
function counting(store: Store): { readonly store: Store; readonly looks: () => number } {
  let looks = 0;
  const readTotals: Store['readTotals'] = (...of) => {
    looks += 1;
    return store.readTotals(...of);
  };
  const own = { readTotals, close: async () => {} };
  const memberOf = (name: string | symbol): unknown => {
    const member: unknown = Reflect.get(store, name);
    return typeof member === 'function' ? member.bind(store) : member;
  };
  const get = (_: Store, name: string | symbol): unknown => (name in own ? Reflect.get(own, name) : memberOf(name));
  return { store: new Proxy(store, { get }), looks: () => looks };
}

describe('a test that nobody reads', () => {
  it('is looked at each hour from its start: p, when it was significant and the course over time are there for the first reader', async () => {
    const { clock, sluice, store } = await running();
    const random = seededGenerator('course');
    for (let hour = 0; hour < 5; hour++) {
      serve(sluice, 400, random, 0.3);
      await clock.advance(HOUR);
    }
    const kept = (await keptOf(store)).comparisons.treatment?.m;
    expect(kept?.trail?.map(({ at }) => at)).toEqual([1, 2, 3, 4, 5].map((hour) => START + hour * HOUR));
    expect(kept?.significantAt).toBe(START + HOUR);
    const { metrics, arms } = await sluice.abTests.getTestResults('t');
    expect(metrics.m).toMatchObject({ significantAt: START + HOUR, verdict: 'better' });
    expect(arms.treatment?.trails.m?.length).toBeGreaterThan(4);
    await sluice.close();
  });

  it('is looked at by a process that begins later, at the same hours, and no more once it is over', async () => {
    const counted = counting(memoryStore());
    const { sluice } = await running({}, counted.store);
    serve(sluice, 400, seededGenerator('restart'), 0.3);
    await sluice.close();
    const clock = manualClock(START + 2.5 * HOUR);
    const later = createSluice({ store: counted.store, clock });
    await later.ready;
    const before = counted.looks();
    await clock.advance(HOUR / 2 - 1);
    expect(counted.looks() - before).toBe(0);
    await clock.advance(1);
    expect((await keptOf(counted.store)).comparisons.treatment?.m?.significantAt).toBe(START + 3 * HOUR);
    await clock.advance(60 * HOUR);
    expect(later.abTests.getTest('t').phase).toBe('stopped');
    const ended = counted.looks();
    await clock.advance(5 * HOUR);
    expect(counted.looks()).toBe(ended);
    await later.close();
  });

  it('is not looked at before its end where one look was declared', async () => {
    const counted = counting(memoryStore());
    const { clock, sluice } = await running({ method: 'fixedHorizon' }, counted.store);
    serve(sluice, 400, seededGenerator('fixed'), 0.3);
    await clock.advance(10 * HOUR);
    expect(counted.looks()).toBe(0);
    await sluice.close();
  });

  it('is looked at by exactly one of several processes each hour, and by another when that one is gone', async () => {
    const counted = counting(memoryStore());
    const { clock, sluice } = await running({}, counted.store);
    const others = [0, 1].map(() => createSluice({ store: counted.store, clock }));
    for (const other of others) await other.ready;
    serve(sluice, 400, seededGenerator('replicas'), 0.3);
    await clock.advance(4 * HOUR);
    expect(counted.looks()).toBe(4);
    await sluice.close();
    await clock.advance(4 * HOUR);
    expect(counted.looks()).toBe(8);
    for (const other of others) await other.close();
  });
});

describe('a reader after hourly looks', () => {
  it('sees no p that rises, and what was significant stays so since then', async () => {
    const hours = fc.array(fc.record({ users: fc.nat(150), lift: fc.constantFrom(0, 0.2, -0.2), isRead: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    });
    const law = fc.asyncProperty(hours, fc.nat(), async (course, seed) => {
      const { clock, sluice, store } = await running();
      const random = seededGenerator(`law/${seed}`);
      let [p, since]: [number, number | null] = [1, null];
      for (const { users, lift, isRead } of course) {
        serve(sluice, users, random, lift);
        await clock.advance(HOUR);
        const kept = (await keptOf(store)).comparisons.treatment?.m;
        const read = isRead ? (await sluice.abTests.getTestResults('t')).metrics.m : undefined;
        for (const seen of [kept?.p, read?.pValue]) {
          expect(seen ?? p).toBeLessThanOrEqual(p);
          p = seen ?? p;
        }
        for (const at of [kept?.significantAt, read?.significantAt]) {
          if (since !== null && at !== undefined) expect(at).toBe(since);
          since ??= at ?? null;
        }
      }
      await sluice.close();
    });
    await fc.assert(law, { numRuns: 15 });
  });

  it('is not fooled by them where both arms are alike', async () => {
    let found = 0;
    // Enough users for 100 in each arm first, so that each look of half a day judges.
    for (let replicate = 0; replicate < 10; replicate++) {
      const { clock, sluice } = await running();
      const random = seededGenerator(`alike/${replicate}`);
      serve(sluice, 220, random, 0);
      for (let hour = 0; hour < 12; hour++) {
        serve(sluice, 60, random, 0);
        await clock.advance(HOUR);
      }
      found += Number((await sluice.abTests.getTestResults('t')).significant);
      await sluice.close();
    }
    // At 5 % of 10 more than 3 are called different once in 1000 times.
    expect(found).toBeLessThanOrEqual(3);
  });
});
