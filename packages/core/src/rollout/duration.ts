/** Durations: how long one may be, and as people say them. */
import { shown } from '../flag/shown.ts';

/** Ten years: what is longer is a slip, and a sum of such is still an instant. */
export const MAX_DURATION_MS = 3_650 * 86_400_000;

/** Why `value` is no duration of at least so many milliseconds, or null. */
export function durationProblem(value: unknown, least: 0 | 1): string | null {
  if (typeof value === 'number' && value >= least && value <= MAX_DURATION_MS) return null;
  return `must be a number of milliseconds from ${least} to ${MAX_DURATION_MS}, ten years; it is ${shown(value)}`;
}

/** Why `value` does not count units that were served, or null. */
export function exposuresProblem(value: unknown): string | null {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return null;
  return `must be a whole number of units, 0 or more; it is ${shown(value)}`;
}

const UNITS = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** In the largest units that it takes, as in `1 h 30 min`. */
export function durationInWords(ms: number): string {
  let rest = ms;
  const parts = UNITS.flatMap(([name, size]): string[] => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return parts.length === 0 || rest > 0 ? [...parts, `${rest} ms`].join(' ') : parts.join(' ');
}
