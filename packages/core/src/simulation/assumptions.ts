/** What a simulated rollout takes the world to be. */

import { type Issue, SluiceError } from '../error.ts';
import { nearest } from '../flag/nearest.ts';
import { shown } from '../flag/shown.ts';
import { isJsonObject } from '../json.ts';

export interface RolloutAssumptions {
  /** Distinct units that ask in a second, on both sides together; each asks once. Above 0. */
  readonly unitsPerSecond: number;
  /** The part of the units beside the change that meet an error, 0 to 1. */
  readonly errorRate: number;
  /** The true part of the units on the change that meet one, 0 to 1. */
  readonly changeErrorRate: number;
  /** The part of the units that is in the groups of a stage called 0 %, as the preview of blue-green is: in percent, above 0 to 100. 1 unless given. */
  readonly previewPercentage?: number;
}

const KNOWN = ['unitsPerSecond', 'errorRate', 'changeErrorRate', 'previewPercentage'];

const MOST_REPLICATES = 1_000_000;

/** @throws SluiceError `invalid` naming every value that breaks a rule */
export function checkAssumptions(assumptions: RolloutAssumptions, replicates: number): void {
  if (!isJsonObject(assumptions))
    throw new SluiceError(
      'invalid',
      `simulateRollout: the assumptions must be an object such as { unitsPerSecond: 50, errorRate: 0.02, changeErrorRate: 0.06 }; they are ${shown(assumptions)}`,
    );
  const { unitsPerSecond, errorRate, changeErrorRate, previewPercentage = 1 }: RolloutAssumptions = assumptions;
  const issues: Issue[] = Object.keys(assumptions)
    .filter((key) => !KNOWN.includes(key))
    .map((key) => ({ path: `/${key}`, message: `is no assumption${nearest(key, KNOWN)}` }));
  if (!(isNumber(unitsPerSecond) && unitsPerSecond > 0 && unitsPerSecond <= 1e9))
    issues.push(issueOf('unitsPerSecond', 'above 0, and 1e9 at the most', unitsPerSecond));
  for (const [name, rate] of Object.entries({ errorRate, changeErrorRate }))
    if (!(isNumber(rate) && rate >= 0 && rate <= 1)) issues.push(issueOf(name, 'from 0 to 1', rate));
  if (!(isNumber(previewPercentage) && previewPercentage > 0 && previewPercentage <= 100))
    issues.push(issueOf('previewPercentage', 'above 0, and 100 at the most', previewPercentage));
  if (!(Number.isSafeInteger(replicates) && replicates >= 1 && replicates <= MOST_REPLICATES))
    issues.push(issueOf('replicates', `a whole number from 1 to ${MOST_REPLICATES}`, replicates));
  if (issues.length === 0) return;
  const text = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new SluiceError('invalid', `simulateRollout: ${text}`, { issues });
}

/** A text of digits would be added to as a text. */
function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function issueOf(name: string, right: string, found: unknown): Issue {
  return { path: `/${name}`, message: `must be ${right}; it is ${shown(found)}` };
}
