/** How large a JSON value is, without writing it as a text. */
import { utf8Length } from './flag/hash.ts';

/**
 * The bytes of `value` as a compact JSON text in UTF-8, but for escapes; more than `most`, and not how many more, as soon as that is reached, so
 * that a value that holds itself comes to an end. What JSON cannot say counts nothing.
 */
export function jsonSize(value: unknown, most: number): number {
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0 && size <= most) {
    const next = open.pop();
    if (typeof next === 'string') size += utf8Length(next) + 2;
    else if (typeof next === 'number' || typeof next === 'boolean' || next === null) size += String(next).length;
    else if (typeof next === 'object') {
      const keys = Array.isArray(next) ? [] : Object.keys(next);
      const members: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
      // Brackets and commas, and for each key its quotes and colon.
      size += 2 + Math.max(0, members.length - 1);
      for (const key of keys) size += utf8Length(key) + 3;
      for (const member of members) open.push(member);
    }
  }
  return size;
}
