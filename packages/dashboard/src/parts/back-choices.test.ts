import { expect, it } from 'vitest';
import { FIRST_BACK, isWhole, stagesBack } from './back-choices.ts';

it('goes down by numbers, with or without their sign, and not while something is none', () => {
  expect(stagesBack(['75 %', '50', '0'])).toEqual([75, 50, 0]);
  const gradual = { ...FIRST_BACK, way: 'gradual' } as const;
  expect(isWhole(gradual)).toBe(true);
  expect(isWhole({ ...gradual, stages: ['75', 'half', '0'] })).toBe(false);
  expect(isWhole({ ...gradual, stages: [] })).toBe(false);
  expect(isWhole({ ...gradual, intervalMinutes: Number.NaN })).toBe(false);
});
