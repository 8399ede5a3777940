/** Where the server's files are to stand, tried before anything starts: what is wrong there would otherwise be found out in the emergency. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { shown } from '@sluice/core';
import { type Issue, SluiceError } from 'sluice';
import { makeFolder } from './make-folder.ts';
import type { Settings } from './settings.ts';

type Placed = Pick<Settings, 'dataFolder' | 'databaseUrl' | 'breakGlassTokenFile' | 'breakGlassJournal'>;

/** Makes the folders that are not there. @throws SluiceError `invalid` naming every variable whose path is of no use, its value and why */
export function prepareFilePlaces({ dataFolder, databaseUrl, breakGlassTokenFile, breakGlassJournal }: Placed): void {
  const issues: Issue[] = [];
  const attempt = (path: string, value: string | null, wanted: string, use: (value: string) => void): void => {
    if (value === null) return;
    try {
      use(value);
    } catch (error) {
      issues.push({ path, message: `must be ${wanted}; it is ${shown(value)}, and ${(error as Error).message}` });
    }
  };
  attempt('SLUICE_DATA', dataFolder, 'a folder to write in, or a path where one can be made', (folder) => {
    makeFolder(folder);
    // What a replica keeps beside a database it can be without.
    if (databaseUrl === null) accessSync(folder, constants.W_OK);
  });
  const token = 'a file that can be read, or a path where one can be made';
  attempt('SLUICE_BREAK_GLASS_TOKEN_FILE', breakGlassTokenFile, token, (file) => checkFile(file, constants.R_OK));
  const journal = 'a file to write in, or a path where one can be made';
  attempt('SLUICE_BREAK_GLASS_JOURNAL', breakGlassJournal, journal, (file) => checkFile(file, constants.R_OK | constants.W_OK));
  if (issues.length === 0) return;
  throw new SluiceError('invalid', `settings: ${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}`, { issues });
}

/** @throws Error when it is a folder, may not be used, or is not there and cannot be made */
function checkFile(file: string, mode: number): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) throw new Error('that is a folder');
  if (found !== undefined) accessSync(file, mode);
  else {
    makeFolder(dirname(file));
    accessSync(dirname(file), constants.W_OK);
  }
}
