import fc from 'fast-check';
import { expect, it } from 'vitest';
import { instantOf, localTime } from './local-time.ts';

const YEARS = { min: new Date('1970-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true };

it('an instant that a field shows is the one that it is taken for', () => {
  fc.assert(
    fc.property(fc.date(YEARS), (date) => {
      const instant = date.toISOString();
      // An hour that the clocks have twice is taken for its first.
      const apart = Math.abs(Date.parse(instantOf(localTime(instant)) ?? '') - date.getTime());
      expect([0, 3_600_000, 1_800_000]).toContain(apart);
    }),
  );
});

it('is as short as it may be, and empty for what is none', () => {
  const local = '2027-01-31T08:00';
  expect(localTime(instantOf(local))).toBe(local);
  expect(localTime(instantOf(`${local}:07`))).toBe(`${local}:07`);
  expect([localTime(null), localTime('soon'), instantOf(''), instantOf('2027-01-')]).toEqual(['', '', null, null]);
});
