/** An edit may be wanted of the revision that its author saw, and of no other. */
import { type Refusal, refuse } from './error.ts';

/** Null when `revision`, undefined for a record that is not there, is as expected; 0 expects none, and undefined expects nothing. */
export function revisionRefusal(what: string, revision: number | undefined, expected: number | undefined): Refusal | null {
  if (expected === undefined || expected === (revision ?? 0)) return null;
  if (revision === undefined)
    return refuse(`${what} does not exist, and was expected at revision ${String(expected)}`, 'conflict');
  if (expected === 0) return refuse(`${what} exists already, at revision ${revision}`, 'conflict');
  return refuse(`${what} is at revision ${revision}, not ${String(expected)}; read it again and decide again`, 'conflict');
}
