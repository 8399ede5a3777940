/** Colours, and names with what they are. What comes from records is stripped of control characters: a description must not write the terminal. */
import colors from 'picocolors';

export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  odd(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
  /** Characters that fit on a line; Infinity where nothing is broken. */
  readonly columns: number;
}

export function paintOf(hasColor: boolean, columns: number): Paint {
  const { green, red, yellow, dim, bold } = colors.createColors(hasColor);
  return { good: green, bad: red, odd: yellow, dim, bold, columns };
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
