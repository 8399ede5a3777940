/** Keys of projects, environments and webhooks: they stand in paths, in file names and in the names of leases. */
import { shown } from '../flag/shown.ts';
import type { Shape } from '../transfer/shape.ts';

export const MAX_KEY_LENGTH = 128;

const FORM = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Why `value` cannot be such a key, or null. `*` stands for all of them, and is none. */
export function keyProblem(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return 'must be a text that is not empty';
  if (value.length > MAX_KEY_LENGTH) return `may have at most ${MAX_KEY_LENGTH} characters`;
  return FORM.test(value) ? null : 'must be letters, digits, ".", "_" and "-", the first of them a letter or digit';
}

/** Whether people would take one for the other: they differ in capitals at most. */
export function isAlike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export const keyShape: Shape = (value, path) => {
  const problem = keyProblem(value);
  return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(value)}` }];
};

const MAX_NAME_LENGTH = 256;

/** A name for people, of 1 to 256 characters. */
export const nameShape: Shape = (value, path) =>
  typeof value === 'string' && value.trim() !== '' && value.length <= MAX_NAME_LENGTH
    ? []
    : [{ path, message: `must be a text of 1 to ${MAX_NAME_LENGTH} characters; it is ${shown(value)}` }];
