import { expect, it } from 'vitest';
import { ToldUnits } from './told-units.ts';

it('remembers units by variant and forgets them all rather than grow beyond its bound', () => {
  const told = new ToldUnits(3);
  for (let high = 0; high < 100; high++) {
    told.add(0, { high, low: -high });
    expect(told.has(0, { high, low: -high })).toBe(true);
    expect(told.size(0)).toBeLessThanOrEqual(3);
  }
  expect(told.has(1, { high: 99, low: -99 })).toBe(false);
  expect(told.has(0, { high: 99, low: 5 })).toBe(false);
  expect(told.has(0, { high: 0, low: 0 })).toBe(false);
});
