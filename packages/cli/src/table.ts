/** Tables, as wide as the terminal: what does not fit has its last column broken, or stands row by row. */
import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import wrapAnsi from 'wrap-ansi';
import { type Paint, Painted, plain } from './paint.ts';

const GAP = 2;
/** A column narrower than this is no place for sentences. */
const LEAST_ROOM = 20;

export function table(head: readonly string[], rows: readonly (readonly unknown[])[], paint: Paint): string {
  const cells = rows.map((row) => row.map((cell) => (cell instanceof Painted ? cell.text : plain(cell))));
  const whole = drawn(head, cells, paint);
  if (whole.width <= paint.columns) return whole.text;
  const [first, last] = [cells.map((row) => row.slice(0, -1)), cells.map((row) => row.at(-1) ?? '')];
  const room = paint.columns - drawn(head.slice(0, -1), first, paint).width - GAP;
  if (room < LEAST_ROOM) return cells.map((row) => stacked(head, row, paint)).join('\n\n');
  const broken = first.map((row, index) => [...row, wrapAnsi(last[index] ?? '', room, { hard: true })]);
  return drawn(head, broken, paint).text;
}

function drawn(head: readonly string[], cells: readonly (readonly string[])[], paint: Paint): { text: string; width: number } {
  const none = Object.fromEntries(
    'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle'
      .split(' ')
      .map((place) => [place, '']),
  );
  const made = new Table({
    head: head.map((name) => paint.dim(name)),
    chars: none,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  made.push(...cells.map((row) => [...row]));
  const lines = made.toString().split('\n');
  // The head is plain letters, filled up to the whole width.
  const width = stripVTControlCharacters(lines[0] ?? '').length - GAP;
  return { text: lines.map((line) => line.trimEnd()).join('\n'), width };
}

/** One row as a heading with what the columns say beneath; what is empty is left out. */
function stacked([, ...head]: readonly string[], [first = '', ...cells]: readonly string[], paint: Paint): string {
  const width = Math.max(...head.map((name) => name.length));
  const room = Math.max(LEAST_ROOM, paint.columns - width - 2 * GAP);
  const told = head.flatMap((name, index) => {
    const cell = cells[index] ?? '';
    if (cell === '') return [];
    const lines = wrapAnsi(cell, room, { hard: true }).split('\n');
    return lines.map((line, row) => `  ${paint.dim((row === 0 ? name.toLowerCase() : '').padEnd(width))}  ${line}`);
  });
  return [paint.bold(first), ...told].join('\n');
}
