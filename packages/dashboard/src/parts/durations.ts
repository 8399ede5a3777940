/** Spans of time in few words. */
const UNITS = [
  { name: 'day', short: 'd', ms: 86_400_000 },
  { name: 'hour', short: 'h', ms: 3_600_000 },
  { name: 'minute', short: 'min', ms: 60_000 },
  { name: 'second', short: 's', ms: 1_000 },
] as const;

/** `1 h 5 min`: the two largest units that are not nothing; `0 s` for less than a second. */
export function duration(ms: number): string {
  let rest = Math.max(0, ms);
  const parts: string[] = [];
  for (const { short, ms: size } of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${short}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** Of a span from now: below zero is past. */
export function relative(ms: number): string {
  // In the language of the sentences that it stands in, whatever the browser's is.
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  // What ends in six days and 23 hours ends in seven; what is past has been for whole units only.
  for (const { name, ms: size } of UNITS)
    if (Math.abs(ms) >= size) return format.format(ms > 0 ? Math.round(ms / size) : Math.trunc(ms / size), name);
  return 'now';
}
