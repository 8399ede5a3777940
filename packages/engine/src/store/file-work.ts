/**
 * File operations as promises over the callbacks of `fs`: each is seen by `process.getActiveResourcesInfo` until it is done, so that a manual
 * clock can wait for it. The closing of a `FileHandle` of `fs/promises` cannot be told there from one that is long closed.
 */
import * as fs from 'node:fs';
import { promisify } from 'node:util';

export const makeDirectory = promisify(fs.mkdir);
export const readWhole = promisify(fs.readFile);
export const writeWhole = promisify(fs.writeFile);
export const renameFile = promisify(fs.rename);
export const linkFile = promisify(fs.link);
export const openFile = promisify(fs.open);
export const writeTo = promisify(fs.write);
export const syncData = promisify(fs.fdatasync);
export const closeFile = promisify(fs.close);
const syncAll = promisify(fs.fsync);

/** Makes a created, renamed or linked name survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const file = await openFile(directory, 'r');
  try {
    await syncAll(file);
  } finally {
    await closeFile(file);
  }
}
