import type { JsonValue } from '@sluice/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonLines } from './json-lines.ts';

const values = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
const text = (value: JsonValue): string => JSON.stringify(value, null, 2);
const side = (lines: ReturnType<typeof jsonLines>, other: 'before' | 'after'): string =>
  lines
    .filter((line) => line.side !== other)
    .map((line) => line.text)
    .join('\n');

it('hold both values whole, and of equal ones no difference', () => {
  fc.assert(
    fc.property(values, values, (before, after) => {
      const lines = jsonLines(before, after);
      expect(side(lines, 'after')).toBe(text(before));
      expect(side(lines, 'before')).toBe(text(after));
      expect(jsonLines(before, before).every((line) => line.side === 'both')).toBe(true);
    }),
  );
});

it('tell of a member that comes in the midst as one line', () => {
  const lines = jsonLines(['a', 'b', 'c'], ['a', 'x', 'b', 'c']);
  expect(lines.filter((line) => line.side !== 'both')).toEqual([{ side: 'after', text: '  "x",' }]);
});

it('of very long lists still hold both', () => {
  const [before, after] = [3_000, 4_000].map((length) => Array.from({ length }, (_, index) => index * 2));
  const lines = jsonLines(before, [...(after ?? []), 1]);
  expect(side(lines, 'before')).toBe(text([...(after ?? []), 1]));
});
