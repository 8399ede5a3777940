/** Files that are written whole before they have the name by which they are read. */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isMissing, removeFile } from './file-work.ts';

/** Of what a draft's name has behind that of the file. */
const DRAFT_LENGTH = 40;
const DRAFT_SUFFIX = /[0-9a-f-]{36}\.tmp$/;

export function isDraft(name: string): boolean {
  return DRAFT_SUFFIX.test(name);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** A name beside `path` that nobody reads, and no other process has. */
export function draftName(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

export async function discardDraft(draft: string): Promise<void> {
  await removeFile(draft, { force: true });
}

/**
 * Removes drafts that crashes left, and those of a process that lost the lock in its sleep: what it meant to put in place is out of date.
 * The caller holds the lock and has no draft of its own.
 */
export async function removeDrafts(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const found of namesIn(dirname(path)))
    if (found.startsWith(prefix) && found.length === prefix.length + DRAFT_LENGTH && isDraft(found))
      await discardDraft(join(dirname(path), found));
}
