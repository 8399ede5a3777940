/** Whether what the engine gives is what the vector expects. */
import type { Expected, Given, Tolerance, Vector } from './vector.ts';

/** What differs, in words; empty when nothing does. A field that is expected and not given differs. */
export function differences(vector: Vector, { given, tolerances = {} }: Given, relative: number): string[] {
  return Object.entries(vector.expected).flatMap(([field, expected]) =>
    compared(field, given[field], expected, tolerances[field] ?? { relative }),
  );
}

function compared(path: string, got: Expected | undefined, want: Expected, tolerance: Tolerance): string[] {
  if (want === null) return [];
  if (typeof want === 'number') return isNear(got, want, tolerance) ? [] : [`${path} is ${shown(got)}, not ${want}`];
  if (typeof want === 'boolean') return got === want ? [] : [`${path} is ${shown(got)}, not ${want}`];
  const [mine, theirs] = [fieldsOf(got), fieldsOf(want)];
  if (Array.isArray(want) && mine.size !== theirs.size) return [`${path} has ${mine.size} members, not ${theirs.size}`];
  return [...theirs].flatMap(([field, value]) => compared(`${path}/${field}`, mine.get(field), value, tolerance));
}

function isNear(got: Expected | undefined, want: number, { relative, absolute = 0 }: Tolerance): boolean {
  return typeof got === 'number' && Math.abs(got - want) <= Math.max(relative * Math.abs(want), absolute);
}

function fieldsOf(value: Expected | undefined): Map<string, Expected> {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map();
}

function shown(value: Expected | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
