/** Where a command works: told by options, the environment, the project's `sluice.json` and the profile, in this order. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SluiceError } from '@sluice/core';
import { z } from 'zod';
import type { Given } from './option.ts';
import { readProfile } from './profile.ts';
import type { Terminal } from './terminal.ts';

export const DEFAULT_URL = 'http://127.0.0.1:4400';
export const CONFIG_NAME = 'sluice.json';

export interface Settings {
  /** Of the server; null where a file is worked on. */
  readonly url: string | null;
  readonly token: string | undefined;
  /** Absolute path of a flag file; null where it is a server. */
  readonly file: string | null;
  /** Whether somebody named the file for this call: `sluice.json` may name one that is still to be made. */
  readonly isFileGiven: boolean;
  readonly project: string;
  readonly environment: string;
}

/** No token: this file is for a repository. */
export const configShape = z.strictObject({
  $schema: z.string().optional(),
  url: z.string().optional(),
  file: z.string().optional(),
  project: z.string().optional(),
  environment: z.string().optional(),
});
export type Config = z.infer<typeof configShape>;

interface Place {
  readonly from: string;
  readonly url?: string | undefined;
  readonly file?: string | undefined;
}

/** @throws SluiceError `invalid` naming what contradicts itself */
export async function readSettings(terminal: Terminal, given: Given): Promise<Settings> {
  const { variables, folder } = terminal;
  const config = await readConfig(folder);
  const profile = await readProfile(terminal);
  const places: readonly Place[] = [
    { from: 'the options', url: given.text('url'), file: given.text('file') },
    { from: 'the environment', url: variables.SLUICE_URL || undefined, file: variables.SLUICE_FILE || undefined },
    { from: CONFIG_NAME, url: config.url, file: config.file },
    { from: 'the profile', url: profile?.url },
  ];
  const place = places.find(({ url, file }) => url !== undefined || file !== undefined) ?? { from: 'default', url: DEFAULT_URL };
  if (place.url !== undefined && place.file !== undefined)
    throw new SluiceError('invalid', `${place.from} name both a server (url) and a file; give one of them`);
  const file = place.file === undefined ? null : resolve(folder, place.file);
  const url = file === null ? checkedUrl(place.url ?? DEFAULT_URL) : null;
  const pick = (name: 'project' | 'environment', variable: string, fallback: string): string =>
    given.text(name) ?? (variables[variable] || undefined) ?? config[name] ?? profile?.[name] ?? fallback;
  // A token goes only to the server that it was made for: a repository's sluice.json must not be able to ask for it.
  const kept = url !== null && profile?.url === url ? profile.token : undefined;
  return {
    url,
    token: given.text('token') ?? (variables.SLUICE_TOKEN || undefined) ?? kept,
    file,
    isFileGiven: place.from !== CONFIG_NAME,
    project: pick('project', 'SLUICE_PROJECT', 'default'),
    environment: pick('environment', 'SLUICE_ENVIRONMENT', 'production'),
  };
}

/** Without a slash at the end, so that the same server is the same text. */
export function checkedUrl(url: string): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '');
  throw new SluiceError('invalid', `the URL of the server must begin with http:// or https://; it is ${JSON.stringify(url)}`);
}

async function readConfig(folder: string): Promise<Config> {
  const path = join(folder, CONFIG_NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return {};
  }
  try {
    return configShape.parse(JSON.parse(text));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => (path.length === 0 ? message : `/${path.join('/')}: ${message}`)).join('; ')
        : (error as Error).message;
    throw new SluiceError('invalid', `${path}: ${why}`, { cause: error });
  }
}
