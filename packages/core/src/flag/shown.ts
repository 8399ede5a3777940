/** A value that was refused, for the message that refuses it. */

const LONGEST_TEXT = 80;

/** As it is written in JSON, cut at 80 characters; what JSON cannot say by its type. */
export function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  return typeof value === 'string' || typeof value === 'boolean' || value === null
    ? JSON.stringify(typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value)
    : value === undefined
      ? 'missing'
      : `a ${typeof value}`;
}
