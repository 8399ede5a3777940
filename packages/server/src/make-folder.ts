/** A folder of the server's own, made where it is not there. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The folder and those that it stands in, one after another, readable by their owner alone: made by one call with `recursive`, a folder that is to stand
 * in one which takes none, such as `/proc`, would be tried for ever. @throws Error when it is none and cannot be made
 */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
