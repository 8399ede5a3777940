/** Why a flag or a segment cannot have a name, before it is sent. */

/** Null where it can, and while nothing is typed. */
export function nameProblem(name: string): string | null {
  if (name !== name.trim()) return 'must not begin or end with a space';
  // No address could have it.
  if (name === '.' || name === '..') return `must not be “${name}”`;
  return name.length > 256 ? `must have at most 256 characters; it has ${name.length}` : null;
}
