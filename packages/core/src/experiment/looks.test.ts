import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Looks, mergeLooks, NO_LOOKS } from './looks.ts';

const name = fc.constantFrom('a', 'b', '__proto__');
const look = fc.record({
  p: fc.constantFrom(0, 0.01, 0.2, 1),
  rises: fc.boolean(),
  significantAt: fc.option(fc.nat(5), { nil: null }),
});
const looks = fc.record({
  comparisons: fc.dictionary(name, fc.dictionary(name, look)),
  sampleRatioP: fc.constantFrom(0, 0.5, 1),
}) as fc.Arbitrary<Looks>;

it('looks merge to the same in any order and however often they are told', () => {
  fc.assert(
    fc.property(looks, looks, looks, (a, b, c) => {
      const whole = mergeLooks(mergeLooks(a, b), c);
      expect(mergeLooks(c, mergeLooks(b, a))).toEqual(whole);
      expect(mergeLooks(whole, b)).toEqual(whole);
      expect(mergeLooks(NO_LOOKS, whole)).toEqual(whole);
    }),
  );
});
