import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCondition } from './flag/parse-condition.ts';
import { copyJson, jsonEqual } from './json.ts';

/** The two with nothing between them. */
function withHole(first: unknown, last: unknown): unknown[] {
  const list = [first];
  list[2] = last;
  return list;
}

it('a copy is equal, shares nothing, and is what JSON would make of it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const copy = copyJson(value);
      expect(jsonEqual(copy, value)).toBe(true);
      expect(JSON.parse(JSON.stringify(copy))).toEqual(JSON.parse(JSON.stringify(value)));
      if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
    }),
  );
});

it('what JSON cannot hold is no copy: holes, cycles, dates, functions, numbers without end', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const bad = [
    new Array(2),
    withHole(1, 3),
    cycle,
    { at: new Date(0) },
    [() => {}],
    { deep: [Number.NaN] },
    Number.POSITIVE_INFINITY,
    undefined,
    1n,
  ];
  for (const value of bad) expect(copyJson(value)).toBeUndefined();
});

it('a condition with a hole in a list is refused', () => {
  const [holes, conditions] = [withHole('a', 'b'), withHole({ plan: 'pro' }, {})];
  for (const condition of [{ plan: holes }, { plan: { in: holes } }, { any: conditions }])
    expect(parseCondition(condition, '')).toHaveProperty('issues');
});
