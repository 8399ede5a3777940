/** What the stages of a gradual rollback must be. */

import { percentageProblem, SluiceError } from '@sluice/core';
import { describeValue } from './failure.ts';

/** @throws SluiceError `invalid` unless `stages` are percentages that fall and `intervalMs` is a duration; `name` is the flag's, for the message */
export function checkDescending(name: string, stages: readonly number[], intervalMs: number): void {
  const call = `rollbackGradual("${name}")`;
  if (!Array.isArray(stages) || stages.length === 0)
    throw new SluiceError('invalid', `${call}: stages must be a list of percentages such as [75, 50, 0]`);
  for (const [index, stage] of stages.entries()) {
    const before = stages[index - 1];
    const problem =
      percentageProblem(stage) ??
      (before !== undefined && stage >= before ? `must be below the stage before it, ${before}` : null);
    if (problem !== null)
      throw new SluiceError('invalid', `${call}: stages[${index}] ${problem}; it is ${describeValue(stage)}`, {
        issues: [{ path: `/stages/${index}`, message: problem }],
      });
  }
  if (!Number.isFinite(intervalMs) || intervalMs < 0)
    throw new SluiceError('invalid', `${call}: intervalMs must be 0 or more milliseconds; it is ${describeValue(intervalMs)}`);
}
