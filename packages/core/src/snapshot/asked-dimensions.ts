/** Which attributes of its units a test asks for, so that whoever evaluates in another process can tell them with an exposure. */
import { ownEntry } from '../experiment/own-entry.ts';
import type { SluiceRecord } from '../record.ts';

/** Names of attributes by flag: those that the flag's running test breaks its results down by. */
export type AskedDimensions = Readonly<Record<string, readonly string[]>>;

/** Of every test among the records; an empty list where none are asked for. */
export function askedIn(records: readonly SluiceRecord[]): AskedDimensions {
  const tests = records.filter((record) => record.kind === 'experiment');
  return Object.fromEntries(tests.map(({ key, phase, dimensions }) => [key, phase === 'running' ? dimensions : []]));
}

/** As a member of a snapshot: absent where nothing is asked for. */
export function askedMember(asked: AskedDimensions): { readonly dimensions?: AskedDimensions } {
  const some = Object.entries(asked).filter(([, names]) => names.length > 0);
  return some.length === 0 ? {} : { dimensions: Object.fromEntries(some) };
}

export function askedOf(asked: AskedDimensions | undefined, flag: string): readonly string[] {
  return (asked === undefined ? undefined : ownEntry(asked, flag)) ?? [];
}
