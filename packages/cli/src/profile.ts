/** The profile that `sluice login` keeps for its user: readable by nobody else. */
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '@sluice/client/make-folder';
import { SluiceError } from '@sluice/core';
import { z } from 'zod';
import type { Terminal } from './terminal.ts';

const profileShape = z.strictObject({
  url: z.string(),
  token: z.string(),
  project: z.string().optional(),
  environment: z.string().optional(),
});
export type Profile = z.infer<typeof profileShape>;

export function profilePath({ variables, home }: Terminal): string {
  if (variables.SLUICE_PROFILE) return variables.SLUICE_PROFILE;
  return join(variables.XDG_CONFIG_HOME || join(home, '.config'), 'sluice', 'profile.json');
}

/** Null where nobody logged in. @throws SluiceError `invalid`, `refused` where others may read it */
export async function readProfile(terminal: Terminal): Promise<Profile | null> {
  const path = profilePath(terminal);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new SluiceError('unavailable', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0)
    throw new SluiceError('refused', `${path} holds a token and others may read it: chmod 600 ${path}`);
  return parsed(text, path);
}

function parsed(text: string, path: string): Profile {
  try {
    return profileShape.parse(JSON.parse(text));
  } catch (error) {
    throw new SluiceError('invalid', `${path} is no profile; run sluice login again`, { cause: error });
  }
}

/** Whole or not at all, and never readable by others. @throws SluiceError `unavailable` */
export async function writeProfile(terminal: Terminal, profile: Profile): Promise<string> {
  const path = profilePath(terminal);
  const beside = `${path}.${process.pid}`;
  try {
    await makeFolder(dirname(path), 0o700);
    await writeFile(beside, `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 });
    await chmod(beside, 0o600);
    await rename(beside, path);
  } catch (error) {
    throw new SluiceError('unavailable', `${path} cannot be written: ${(error as Error).message}`, { cause: error });
  }
  return path;
}
