import { armTotals, DEFAULT_SCOPE, emptyTally, MAX_REPLACEMENTS, rebuildMetric, type UnitDelta } from '@sluice/core';
import { expect, it } from 'vitest';
import { FactsBook } from './facts-book.ts';

const UNITS = 512;

/** Every unit of both arms reports once more: its sum takes the place of the one before. */
function report(book: FactsBook, seq: number): void {
  const units = Array.from({ length: UNITS }, (_, unit) => {
    const sum = 0.1 + ((unit * 37 + seq * 11) % 101) / 7;
    const m = { aggregation: 'sum', count: 1, sum, min: sum, max: sum, from: seq } as const;
    return { subject: 't', unit: `u${unit}`, arm: unit % 2 === 0 ? 'control' : 'treatment', firstExposureAt: 0, metrics: { m } };
  });
  book.add({ instanceId: 'i', seq, scope: DEFAULT_SCOPE, tallies: [], units, observations: [] });
}

/** The moments of each arm as they stand, and anew from the rows. */
function momentsOf(book: FactsBook): { readonly kept: unknown; readonly exact: unknown } {
  const totals = book.totals(DEFAULT_SCOPE, 't');
  const rows = [...book.dump()].flatMap((piece) => (piece.type === 'rows' ? piece.rows : []));
  const exact = rebuildMetric(
    totals,
    rows.map(([, row]) => row),
    'm',
  );
  const read = (from: typeof totals): unknown => ['control', 'treatment'].map((arm) => armTotals(from, arm).metrics.m);
  return { kept: read(totals), exact: read(exact) };
}

it('takes all moments anew from the rows when so many values took another’s place that rounding shows, and not before', () => {
  const book = new FactsBook();
  // The first report of a unit replaces nothing.
  const last = 1 + MAX_REPLACEMENTS / UNITS;
  for (let seq = 1; seq < last; seq++) report(book, seq);
  const before = momentsOf(book);
  expect(before.kept).not.toEqual(before.exact);
  report(book, last);
  const after = momentsOf(book);
  expect(after.kept).toEqual(after.exact);
  report(book, last + 1);
  expect(momentsOf(book).kept).not.toEqual(momentsOf(book).exact);
});

it('knows totals that were kept before there were looks as ones without', () => {
  const book = new FactsBook();
  report(book, 1);
  const old = JSON.parse(JSON.stringify([...book.dump()]).replaceAll(/,"looks":\{.*?"sampleRatioP":1\}/g, ''));
  expect(JSON.stringify(old)).not.toContain('looks');
  const restored = new FactsBook();
  for (const piece of old) restored.restore(piece);
  expect(restored.totals(DEFAULT_SCOPE, 't')).toEqual(book.totals(DEFAULT_SCOPE, 't'));
  const looks = { comparisons: {}, sampleRatioP: 0.5 };
  restored.add({
    instanceId: 'j',
    seq: 1,
    scope: DEFAULT_SCOPE,
    tallies: [],
    units: [],
    observations: [],
    looks: [{ subject: 't', looks }],
  });
  expect(restored.totals(DEFAULT_SCOPE, 't').looks).toEqual(looks);
});

it('takes pairs and what is known by dimension anew too, when a unit that dominated them leaves', () => {
  const book = new FactsBook();
  const told = (unit: string, arm: string, value: number, from: number): UnitDelta => {
    const spent = {
      aggregation: 'sum',
      covariate: true,
      count: 1,
      sum: value,
      min: value,
      max: value,
      from,
      until: from,
    } as const;
    const dimensions = { plan: 'pro' };
    return { subject: 't', unit, arm, firstExposureAt: 10, dimensions, metrics: { spent } };
  };
  const add = (seq: number, units: readonly UnitDelta[]): boolean =>
    book.add({ instanceId: 'i', seq, scope: DEFAULT_SCOPE, tallies: [], units, observations: [] });
  const crowd = Array.from({ length: 100 }, (_, unit) => [unit, 3 + (unit % 7)] as const);
  add(1, [told('x', 'control', 1e10, 5), told('x', 'control', 1e10, 20)]);
  for (const from of [5, 20])
    add(
      1 + from,
      crowd.map(([unit, value]) => told(`u${unit}`, 'control', value, from)),
    );
  add(30, [told('x', 'treatment', 1, 20)]);
  const totals = book.totals(DEFAULT_SCOPE, 't');
  const mean = crowd.reduce((sum, [, value]) => sum + value, 0) / crowd.length;
  const squares = crowd.reduce((sum, [, value]) => sum + (value - mean) ** 2, 0);
  for (const arm of [totals.arms.control, totals.dimensions?.plan?.pro?.control]) {
    expect(arm?.pairs?.spent?.x.n).toBe(100);
    expect(arm?.pairs?.spent?.x.m2).toBeCloseTo(squares, 8);
    expect(arm?.pairs?.spent?.cxy).toBeCloseTo(squares, 8);
    expect(arm?.metrics.spent?.m2).toBeCloseTo(squares, 8);
  }
});

it('knows until when tallies are kept after it was dumped and restored, also from a dump that told of no end', () => {
  const tally = { ...emptyTally(), counts: { n: 1 } };
  const batch = { instanceId: 'i', scope: DEFAULT_SCOPE, units: [], observations: [] };
  const book = new FactsBook();
  const told = (subject: string, keepUntil: number) => ({ scope: DEFAULT_SCOPE, subject, tally, keepUntil });
  book.add({ ...batch, seq: 1, tallies: [told('a', 10), told('b', 20)] });
  const count = (of: FactsBook, subject: string): number => of.tally(DEFAULT_SCOPE, subject).counts.n ?? 0;
  const restored = new FactsBook();
  for (const piece of book.dump()) restored.restore(JSON.parse(JSON.stringify(piece)));
  restored.add({ ...batch, seq: 2, tallies: [], forgetBefore: 15 });
  expect([count(restored, 'a'), count(restored, 'b')]).toEqual([0, 1]);
  const old = new FactsBook();
  for (const piece of book.dump()) old.restore(JSON.parse(JSON.stringify({ ...piece, keptUntil: undefined })));
  old.add({ ...batch, seq: 2, tallies: [], forgetBefore: 15 });
  expect([count(old, 'a'), count(old, 'b')]).toEqual([1, 1]);
});
