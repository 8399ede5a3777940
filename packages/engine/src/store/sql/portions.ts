/** Rows of one statement: databases bound how many values one may carry, and others wait their turn between two. */
const PORTION = 500;

export function* portions<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += PORTION) yield rows.slice(start, start + PORTION);
}
