/** Two JSON values as lines of text, and which of them are in one alone. */
import type { JsonValue } from '@sluice/core';

export interface JsonLine {
  readonly side: 'both' | 'before' | 'after';
  readonly text: string;
}

/** Beyond so many lines each, what lies between the first and the last difference is told whole. */
const MOST_COMPARED = 1_500;

/** Lines in order, those of before first where both differ: the least that has to go and come. */
export function jsonLines(before: JsonValue | undefined, after: JsonValue | undefined): JsonLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const middle = compared(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const both = (text: string): JsonLine => ({ side: 'both', text });
  return [...old.slice(0, start).map(both), ...middle, ...old.slice(old.length - end).map(both)];
}

function linesOf(value: JsonValue | undefined): string[] {
  return value === undefined ? [] : JSON.stringify(value, null, 2).split('\n');
}

/** By the longest common subsequence. */
function compared(old: readonly string[], now: readonly string[]): JsonLine[] {
  const gone = (text: string): JsonLine => ({ side: 'before', text });
  const come = (text: string): JsonLine => ({ side: 'after', text });
  if (old.length > MOST_COMPARED || now.length > MOST_COMPARED) return [...old.map(gone), ...now.map(come)];
  const lengths = commonLengths(old, now);
  const lines: JsonLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length) {
    const text = old[i] as string;
    if (text === now[j]) {
      lines.push({ side: 'both', text });
      i++;
      j++;
    } else if ((lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) lines.push(gone(old[i++] as string));
    else lines.push(come(now[j++] as string));
  }
  return [...lines, ...old.slice(i).map(gone), ...now.slice(j).map(come)];
}

/** Of each pair of ends, how many lines they have in common. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const [row, below] = [lengths[i] as Uint16Array, lengths[i + 1] as Uint16Array];
      row[j] = old[i] === now[j] ? (below[j + 1] as number) + 1 : Math.max(below[j] as number, row[j + 1] as number);
    }
  return lengths;
}
