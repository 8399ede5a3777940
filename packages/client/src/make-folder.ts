/** Folders for what a program keeps on its disk. Node alone: nothing of it is loaded before it is called. */

/**
 * Makes the folder and those that it stands in, one after another: made by one call with `recursive`, a folder that is to stand in one which takes none,
 * such as `/proc`, would be tried for ever. `mode` is that of the folders that are made, less what the process may not give.
 * @throws Error of the system when it is none and cannot be made
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  const { mkdir, stat } = await import('node:fs/promises');
  const { dirname } = await import('node:path');
  const isThere = (): Promise<boolean> =>
    stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (await isThere()) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent, mode);
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    // Another process may have been faster.
    if (!(await isThere())) throw error;
  }
}
