/** Times in which no stage is opened. Going back is never frozen. */

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** From `from` up to and not including `to`: once, or each week by the wall clocks of a place. */
export type FreezeWindow =
  | { readonly from: number; readonly to: number; readonly reason: string }
  | { readonly weekly: WeeklyWindow; readonly reason: string };

/** In minutes of the day; a window whose end is not after its begin lasts into the next day, and belongs to the day it began on. */
export interface WeeklyWindow {
  readonly days: readonly Weekday[];
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Of the IANA database, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** The window that `now` lies in, or null. */
export function freezeAt(windows: readonly FreezeWindow[], now: number): FreezeWindow | null {
  return (
    windows.find((window) => ('weekly' in window ? isInWeek(window.weekly, now) : now >= window.from && now < window.to)) ?? null
  );
}

/**
 * Asked of the wall clock at `now` alone, so that an hour which a change of the clocks skips is in no window, and one that it repeats is in
 * its window twice.
 */
function isInWeek({ days, fromMinute, toMinute, timeZone }: WeeklyWindow, now: number): boolean {
  const { day, minute } = wallClock(timeZone, now);
  const today = WEEKDAYS[day] ?? 'sun';
  if (fromMinute < toMinute) return days.includes(today) && minute >= fromMinute && minute < toMinute;
  const yesterday = WEEKDAYS[(day + 6) % 7] ?? 'sun';
  return (days.includes(today) && minute >= fromMinute) || (days.includes(yesterday) && minute < toMinute);
}

/** @throws RangeError for a zone that is not known */
export function wallClock(timeZone: string, now: number): { readonly day: number; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = WEEKDAYS.indexOf(parts.get('weekday')?.toLowerCase() as Weekday);
  return { day, minute: 60 * Number(parts.get('hour')) + Number(parts.get('minute')) };
}
