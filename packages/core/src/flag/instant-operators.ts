/** The operators `before` and `after`: instants against instants, whatever form each is written in. */
import { parseInstant } from '../instant.ts';
import type { ArgumentCheck, ValueTest } from './operator.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const instantProblem: ArgumentCheck = (argument) =>
  textInstant(argument) !== null
    ? null
    : 'must be a date-time with its zone, such as "2027-01-31T00:00:00Z", or a day, such as "2027-01-31"';

/** Both are strict: an instant is neither before nor after itself. */
export function instantTest(operator: 'before' | 'after', argument: string): ValueTest {
  const bound = textInstant(argument) ?? Number.NaN;
  if (operator === 'before') return (value) => instantOf(value) < bound;
  return (value) => instantOf(value) > bound;
}

/** A day is its first instant in UTC. */
function textInstant(text: unknown): number | null {
  return parseInstant(typeof text === 'string' && DAY.test(text) ? `${text}T00:00:00Z` : text);
}

/** NaN, which compares to nothing, for what names no instant: a text without a zone, an invalid Date, a bigint. */
function instantOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
  if (value instanceof Date) return value.getTime();
  return textInstant(value) ?? Number.NaN;
}
