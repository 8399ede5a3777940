import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FreezeWindow, freezeAt, openMs, openSince, WEEKDAYS, type Weekday } from './freeze.ts';

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

describe('the time that lies in no window', () => {
  const MINUTE = 60_000;
  const DAY = 24 * 60 * MINUTE;
  /** About the days on which the clocks are changed in Berlin, and on the half-hour island of Lord Howe. */
  const days = fc.constantFrom('2027-03-27T12:00:00Z', '2027-10-30T12:00:00Z', '2027-04-03T09:00:00Z', '2027-10-02T09:00:00Z');
  const week: fc.Arbitrary<FreezeWindow> = fc.record({
    weekly: fc.record({
      days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
      fromMinute: fc.nat(1439),
      toMinute: fc.integer({ min: 1, max: 1440 }),
      timeZone: fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'UTC'),
    }),
    reason: fc.constant(''),
  });
  const once = (start: number): fc.Arbitrary<FreezeWindow> =>
    fc
      .tuple(fc.nat(2 * DAY), fc.nat(DAY))
      .map(([from, length]) => ({ from: start + from, to: start + from + length, reason: '' }));
  const cases = days.chain((day) => {
    const start = Date.parse(day);
    const windows = fc.array(fc.oneof(week, once(start)), { maxLength: 3 });
    return fc.tuple(windows, fc.nat(DAY), fc.nat(DAY)).map(([found, from, length]) => {
      return { windows: found, from: start + from, to: start + from + length };
    });
  });

  it('is what freezeAt leaves open, counted millisecond by millisecond', () => {
    fc.assert(
      fc.property(cases, ({ windows, from, to }) => {
        const edges = windows.flatMap((window) => ('weekly' in window ? [] : [window.from, window.to]));
        const minutes = Array.from(
          { length: Math.ceil((to - from) / MINUTE) + 1 },
          (_, n) => (Math.floor(from / MINUTE) + n) * MINUTE,
        );
        const cuts = [...new Set([from, to, ...edges, ...minutes])].filter((at) => at >= from && at <= to).sort((a, b) => a - b);
        const open = cuts.slice(1).reduce((sum, cut, index) => {
          const begin = cuts[index] ?? 0;
          return freezeAt(windows, begin) === null ? sum + cut - begin : sum;
        }, 0);
        expect(openMs(windows, from, to)).toBe(open);
      }),
      { numRuns: 40 },
    );
  });

  it('sees the clocks change on the way to the next edge', () => {
    const morning = weekly(['sun'], 8, 10, 'Europe/Berlin');
    const open = (from: string, to: string): number => openMs(morning, Date.parse(from), Date.parse(to)) / MINUTE;
    // 8:00 in Berlin is 6:00 UTC after the change to summer time, and 7:00 after the change back.
    expect(open('2027-03-27T23:30:00Z', '2027-03-28T07:00:00Z')).toBe(6.5 * 60);
    expect(open('2027-10-30T22:30:00Z', '2027-10-31T08:00:00Z')).toBe(8.5 * 60);
  });

  it('is all of it without windows, and none where everything is frozen', () => {
    expect(openMs([], 5, 12)).toBe(7);
    expect(openMs([], 12, 5)).toBe(0);
    const always: readonly FreezeWindow[] = [
      { weekly: { days: WEEKDAYS, fromMinute: 0, toMinute: 1440, timeZone: 'UTC' }, reason: '' },
    ];
    expect(openMs(always, 5, 10 * DAY)).toBe(0);
  });

  it('is found back from its end', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), ({ windows, from, to }, part) => {
        const open = Math.floor(openMs(windows, from, to) * part);
        const since = openSince(windows, open, from, to);
        expect(openMs(windows, since, to)).toBe(open);
        expect(since).toBeGreaterThanOrEqual(from);
      }),
      { numRuns: 20 },
    );
  });
});
