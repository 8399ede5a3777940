import { expect, it } from 'vitest';
import { parseInstant } from './instant.ts';

it('reads date-times with their zone, and no others', () => {
  expect(parseInstant('2027-01-31T00:00:00Z')).toBe(Date.UTC(2027, 0, 31));
  expect(parseInstant('2027-01-31T01:30+01:30')).toBe(Date.UTC(2027, 0, 31));
  expect(parseInstant('2028-02-29T12:00:00.5Z')).toBe(Date.UTC(2028, 1, 29, 12, 0, 0, 500));
  for (const text of [
    '2027-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2027-13-01T00:00:00Z',
    '2027-00-01T00:00:00Z',
    '2027-01-01T24:00:00Z',
    '2027-01-01T00:60:00Z',
    '2027-01-31',
    '2027-01-31T00:00:00',
    '2027-01-31 00:00:00Z',
    '2027-01-31T00:00:00+25:00',
    '31 Jan 2027',
    '2027',
    '',
    2027,
    null,
  ])
    expect(parseInstant(text), String(text)).toBeNull();
});
