/** Where an axis of time is marked. */

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400] as const;
const times = (unit: number, counts: readonly number[]): number[] => counts.map((count) => count * unit);

/** In seconds. So close to each other that some marks fit into any span: a phone has room for two or three. */
export const CLOCK_STEPS: readonly number[] = [
  ...times(1, [1, 2, 3, 5, 10, 15, 30]),
  ...times(MINUTE, [1, 2, 3, 5, 10, 15, 20, 30]),
  ...times(HOUR, [1, 2, 3, 4, 6, 8, 12]),
  ...times(DAY, [1, 2, 3, 5, 10, 15, 30, 60, 90, 180, 365]),
];

/** Marks beyond the ends of the axis are not named: there is no room for their names. */
export function marksWithin(marks: readonly number[], from: number, to: number): (number | null)[] {
  return marks.map((at) => (at >= from && at <= to ? at : null));
}
