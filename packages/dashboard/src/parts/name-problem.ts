/** Why something cannot have a name or a key, before it is sent. */
import { keyProblem } from '@sluice/core';

/** Of a flag or a segment. Null where it can, and while nothing is typed. */
export function nameProblem(name: string): string | null {
  if (name !== name.trim()) return 'must not begin or end with a space';
  // No address could have it.
  if (name === '.' || name === '..') return `must not be “${name}”`;
  return name.length > 256 ? `must have at most 256 characters; it has ${name.length}` : null;
}

/** Of a project, an environment or a webhook. Null where it can, and while nothing is typed. */
export function typedKeyProblem(key: string): string | null {
  return key === '' ? null : keyProblem(key);
}
