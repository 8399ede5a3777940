/** Where the ledger keeps what a test measured. */
import type { Experiment } from './experiment.ts';

/** Of each number of a test a subject of its own, so that what was measured before a rebase counts no more. */
export function subjectOf({ key, number }: Pick<Experiment, 'key' | 'number'>): string {
  return number === 1 ? key : `experiment/${key}/${number}`;
}
