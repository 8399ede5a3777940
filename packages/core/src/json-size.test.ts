import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSize } from './json-size.ts';

const plain = fc.string({ unit: fc.constantFrom('a', 'ä', '€', '😀', ' ') });
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    plain,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(plain, tie('any'), { maxKeys: 4 }),
  ),
})).any;

describe('jsonSize', () => {
  it('is the number of bytes of the text, where nothing is escaped', () => {
    fc.assert(
      fc.property(value, (drawn) => {
        expect(jsonSize(drawn, 1e9)).toBe(new TextEncoder().encode(JSON.stringify(drawn)).length);
      }),
    );
  });

  it('stops beyond the most, also in a value that holds itself', () => {
    const round: unknown[] = ['x'];
    round.push(round);
    expect(jsonSize(round, 1_000)).toBeGreaterThan(1_000);
    expect(jsonSize(['abc', 'abc'], 13)).toBe(13);
  });
});
