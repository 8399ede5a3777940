import { describe, expect, it } from 'vitest';
import { type FreezeWindow, freezeAt, type Weekday } from './freeze.ts';

const weekly = (days: readonly Weekday[], from: number, to: number, timeZone: string): readonly FreezeWindow[] => [
  { weekly: { days, fromMinute: from * 60, toMinute: to * 60, timeZone }, reason: 'weekend' },
];
const isFrozen = (windows: readonly FreezeWindow[], text: string): boolean => freezeAt(windows, Date.parse(text)) !== null;

describe('freezeAt', () => {
  it('lasts from its begin up to and not including its end', () => {
    const windows = [{ from: 1_000, to: 2_000, reason: 'launch' }];
    expect([999, 1_000, 1_999, 2_000].map((now) => freezeAt(windows, now)?.reason)).toEqual([
      undefined,
      'launch',
      'launch',
      undefined,
    ]);
  });

  it('follows the wall clocks of its place over the change to summer time and back', () => {
    const friday = weekly(['fri'], 16, 24, 'Europe/Berlin');
    // 16:00 in Berlin is 15:00 UTC in winter and 14:00 in summer.
    expect(isFrozen(friday, '2027-03-26T14:59:00Z')).toBe(false);
    expect(isFrozen(friday, '2027-03-26T15:00:00Z')).toBe(true);
    expect(isFrozen(friday, '2027-04-02T14:00:00Z')).toBe(true);
    expect(isFrozen(friday, '2027-04-02T21:59:00Z')).toBe(true);
    expect(isFrozen(friday, '2027-04-02T22:00:00Z')).toBe(false);
    expect(isFrozen(friday, '2027-10-29T13:59:00Z')).toBe(false);
    expect(isFrozen(friday, '2027-11-05T14:59:00Z')).toBe(false);
  });

  it('knows neither an hour that was skipped nor only one of two that were the same', () => {
    const night = weekly(['sun'], 2, 3, 'Europe/Berlin');
    expect(isFrozen(night, '2027-03-28T00:59:00Z')).toBe(false);
    expect(isFrozen(night, '2027-03-28T01:00:00Z')).toBe(false);
    for (const again of ['2027-10-31T00:30:00Z', '2027-10-31T01:30:00Z']) expect(isFrozen(night, again)).toBe(true);
  });

  it('lasts into the next day when its end is not after its begin', () => {
    const night = weekly(['fri'], 22, 6, 'UTC');
    expect(isFrozen(night, '2027-01-01T23:00:00Z')).toBe(true);
    expect(isFrozen(night, '2027-01-02T05:59:00Z')).toBe(true);
    expect(isFrozen(night, '2027-01-02T06:00:00Z')).toBe(false);
    expect(isFrozen(night, '2027-01-01T05:00:00Z')).toBe(false);
  });
});
