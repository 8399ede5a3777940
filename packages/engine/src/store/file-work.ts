/**
 * File operations as promises over the callbacks of `fs`: each is seen by `process.getActiveResourcesInfo` until it is done, so that a manual
 * clock can wait for it. The closing of a `FileHandle` of `fs/promises` cannot be told there from one that is long closed.
 */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const makeDirectory = promisify(fs.mkdir);
export const readWhole = promisify(fs.readFile);
export const writeWhole = promisify(fs.writeFile);
export const copyWhole = promisify(fs.copyFile);
export const renameFile = promisify(fs.rename);
export const linkFile = promisify(fs.link);
export const removeFile = promisify(fs.rm);
export const openFile = promisify(fs.open);
export const syncData = promisify(fs.fdatasync);
export const closeFile = promisify(fs.close);
const syncAll = promisify(fs.fsync);
export const setTimes = promisify(fs.utimes);
const changeOwner = promisify(fs.chown);
const changeMode = promisify(fs.chmod);

/** Writes all of `bytes` by one call, so that they never mix with those of another process. @throws Error when the disk took only some */
export function writeAll(file: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.write(file, bytes, (error, written) => {
      if (error !== null) reject(error);
      else if (written < bytes.length) reject(new Error(`only ${written} of ${bytes.length} bytes were written`));
      else resolve();
    });
  });
}

/** Makes a created, renamed or linked name survive a power cut. */
export function syncDirectory(directory: string): Promise<void> {
  return syncFile(directory);
}

export async function syncFile(path: string): Promise<void> {
  const file = await openFile(path, 'r');
  try {
    await syncAll(file);
  } finally {
    await closeFile(file);
  }
}

/** Gives `file` the owner, the group and the permission bits of `model`, as far as this process may. */
export async function ownLike(file: string, model: string): Promise<void> {
  const stats = fs.statSync(model, { throwIfNoEntry: false });
  if (stats === undefined) return;
  await changeOwner(file, stats.uid, stats.gid).catch(() => {});
  await changeMode(file, stats.mode & 0o777);
}

/**
 * Makes the directory and those that it stands in, so that all of them survive a power cut: one after another, for made by one call with `recursive`, a
 * directory that is to stand in one which takes none, such as `/proc`, is tried for ever.
 */
export async function ensureDirectory(directory: string): Promise<void> {
  if (isDirectory(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) await ensureDirectory(parent);
  try {
    await makeDirectory(directory);
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(directory)) throw error;
  }
  await syncDirectory(parent);
}

function isDirectory(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Equal stamps mean that nobody wrote to the file between. */
export function stampOf({ ino, size, mtimeMs, ctimeMs }: fs.Stats): string {
  return `${ino}/${size}/${mtimeMs}/${ctimeMs}`;
}

/** Null when the file is not there. */
export function openIfThere(path: string): number | null {
  try {
    return fs.openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Permission bits for a new file, like those of `path` if that is there: what may not be read there may not be read beside it. */
export function modeLike(path: string): { readonly mode?: number } {
  const mode = fs.statSync(path, { throwIfNoEntry: false })?.mode;
  return mode === undefined ? {} : { mode: mode & 0o777 };
}

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
