/** Colours and tables. What comes from records is stripped of control characters: a description must not write the terminal. */
import Table from 'cli-table3';
import colors from 'picocolors';

export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  odd(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

export function paintOf(hasColor: boolean): Paint {
  const { green, red, yellow, dim, bold } = colors.createColors(hasColor);
  return { good: green, bad: red, odd: yellow, dim, bold };
}

/** On one line, without control characters. */
export function plain(text: unknown): string {
  return String(text ?? '')
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}|\p{Cf}/gu, '');
}

/** Lines are kept, other control characters are not. */
export function plainLines(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|\p{Cf}/gu, '');
}

export function table(head: readonly string[], rows: readonly (readonly unknown[])[], paint: Paint): string {
  const none = Object.fromEntries(
    'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle'
      .split(' ')
      .map((place) => [place, '']),
  );
  const drawn = new Table({
    head: head.map((name) => paint.dim(name)),
    chars: none,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  drawn.push(...rows.map((row) => row.map((cell) => (cell instanceof Painted ? cell.text : plain(cell)))));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A text of this program's own, with its colours. */
export class Painted {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Names and what they are, one a line; what is undefined is left out. */
export function pairs(rows: Readonly<Record<string, unknown>>, paint: Paint): string {
  const told = Object.entries(rows).filter(([, value]) => value !== undefined);
  const width = Math.max(...told.map(([name]) => name.length));
  return told
    .map(([name, value]) => `${paint.dim(name.padEnd(width))}  ${value instanceof Painted ? value.text : plain(value)}`)
    .join('\n');
}

export function percent(value: number | null): string {
  return value === null ? '' : `${value} %`;
}

/** Date and time in UTC to the second. */
export function when(instant: string | number | null | undefined): string {
  if (instant === null || instant === undefined) return '';
  return new Date(instant)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}
