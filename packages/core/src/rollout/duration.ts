/** Durations as people say them. */

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
