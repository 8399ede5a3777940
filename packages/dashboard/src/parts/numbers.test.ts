import { describe, expect, it } from 'vitest';
import { chance, counted, figure, roundUp, signed, signedPercent, unbroken } from './numbers.ts';

describe('figures', () => {
  it('have as many digits as say something', () => {
    expect([signedPercent(0.03217), signedPercent(-0.5), signedPercent(0), signedPercent(null)]).toEqual([
      '+3.2 %',
      '−50 %',
      '0 %',
      '–',
    ]);
    expect([signed(-12.345), figure(0.123456), figure(123456), figure(null)]).toEqual(['−12.3', '0.123', '123,000', '–']);
    expect(counted(10_000)).toBe('10,000');
    expect([chance(1e-9), chance(0.0123), chance(1), chance(null)]).toEqual(['< 0.0001', '0.012', '1', '–']);
  });

  it('keep odds and percentages of a sentence together', () => {
    expect(unbroken('evidence 12 : 1 after 3 % of them; see: 1')).toBe(
      'evidence 12\u00a0:\u00a01 after 3\u00a0% of them; see: 1',
    );
  });

  it('end axes at round ones', () => {
    expect([0.03, 0.2, 0.21, 7, 1, 0].map(roundUp)).toEqual([0.05, 0.2, 0.5, 10, 1, 1]);
  });
});
