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

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** What of `from` to `to` lies in no window, in milliseconds. Found in time that grows with the days between them. */
export function openMs(windows: readonly FreezeWindow[], from: number, to: number): number {
  if (windows.length === 0) return Math.max(0, to - from);
  let open = 0;
  for (let at = from; at < to; ) {
    const until = Math.min(to, ...windows.map((window) => unchangedUntil(window, at)));
    if (freezeAt(windows, at) === null) open += until - at;
    at = until;
  }
  return open;
}

/** The latest instant from `earliest` to `now` since which at least `open` milliseconds lay in no window. */
export function openSince(windows: readonly FreezeWindow[], open: number, earliest: number, now: number): number {
  let [low, high] = [Math.min(earliest, now), now];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (openMs(windows, middle, now) >= open) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** An instant after `at` until which the window neither begins nor ends. */
function unchangedUntil(window: FreezeWindow, at: number): number {
  if (!('weekly' in window)) return [window.from, window.to].find((edge) => edge > at) ?? Number.POSITIVE_INFINITY;
  const { fromMinute, toMinute, timeZone } = window.weekly;
  const { minute } = wallClock(timeZone, at);
  const ahead = Math.min(...[fromMinute, toMinute, DAY_MINUTES].map((edge) => (edge > minute ? edge - minute : DAY_MINUTES)));
  // Zones are whole minutes apart, so that a minute of any of them begins with one of UTC.
  const minuteBegin = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const next = minuteBegin + ahead * MINUTE_MS;
  // Where the clocks are changed on the way it is asked anew each minute.
  const isSteady = wallClock(timeZone, next - MINUTE_MS).minute === minute + ahead - 1;
  return isSteady ? next : minuteBegin + MINUTE_MS;
}

/** Making one is dear, and asking it is not. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  FORMATS.set(timeZone, made);
  return made;
}

/** @throws RangeError for a zone that is not known */
export function wallClock(timeZone: string, now: number): { readonly day: number; readonly minute: number } {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const day = WEEKDAYS.indexOf(parts.get('weekday')?.toLowerCase() as Weekday);
  return { day, minute: 60 * Number(parts.get('hour')) + Number(parts.get('minute')) };
}
