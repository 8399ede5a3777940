import { expect, it } from 'vitest';
import { durationInWords } from './duration.ts';

it('says a duration in whole units', () => {
  expect([60_000, 86_400_000, 5_400_000, 1_500, 0].map(durationInWords)).toEqual([
    '1 min',
    '24 h',
    '1 h 30 min',
    '1 s 500 ms',
    '0 ms',
  ]);
});
