/** How kills work that the store does not take, as programs say it. */
import { statSync } from 'node:fs';
import { SluiceError } from '@sluice/core';
import { describeValue } from '../failure.ts';
import { checkOptions } from '../mutation.ts';

export interface BreakGlassOptions {
  /** Where emergencies stand until the store has them: best on another disk. `<flag file>.breakglass` unless given; with a store of another kind, nowhere. */
  readonly file?: string;
  /** How long a kill waits for the store, in milliseconds; 2 s unless given. */
  readonly deadlineMs?: number;
}

/** `beside` is the file unless another is given. @throws SluiceError `invalid`: what is wrong here would be found out in the emergency */
export function readBreakGlassOptions(
  options: BreakGlassOptions,
  beside: string | null,
): { file: string | null; deadlineMs: number } {
  checkOptions('breakGlass', options, ['file', 'deadlineMs']);
  const { file = beside, deadlineMs = 2_000 } = options;
  if (!Number.isFinite(deadlineMs) || deadlineMs <= 0)
    throw new SluiceError('invalid', `breakGlass.deadlineMs must be above 0 milliseconds; it is ${describeValue(deadlineMs)}`);
  if (file !== null && (typeof file !== 'string' || file === ''))
    throw new SluiceError('invalid', `breakGlass.file must be the path of a file; it is ${describeValue(file)}`);
  if (file !== null && isDirectory(file))
    throw new SluiceError('invalid', `breakGlass.file must be the path of a file; ${file} is a directory`);
  return { file, deadlineMs };
}

/** A path that cannot be looked at may be one that is still to be made. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
