/** The flag file as a projection of the records: what it should say, what it does say, and when somebody else wrote it. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type FileFlag, type Flag, formatFlag, jsonEqual, mergeFileFlag, type Scope, SluiceError } from '@sluice/core';
import { renameFile, syncDirectory, writeWhole } from './file-work.ts';
import { EMPTY_FILE, hashOf, readFlagText, rewriteFlagText } from './flag-file-text.ts';
import { isMissing } from './journal.ts';

export interface FoundFile {
  readonly text: string;
  readonly hash: string;
}

export class FlagProjection {
  readonly path: string;
  /** The text that the records imply, once it is known. */
  #text: string | null = null;
  #seen = '';
  #found: FoundFile | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** The file as it is, null when it is not there. Read again only if its stamp changed. @throws SluiceError `invalid` or `unavailable` when it is no readable text */
  find(): FoundFile | null {
    try {
      const { mtimeMs, ctimeMs, size, ino } = statSync(this.path);
      const stamp = `${ino}/${size}/${mtimeMs}/${ctimeMs}`;
      if (stamp === this.#seen) return this.#found;
      const bytes = readFileSync(this.path);
      this.#found = { text: decode(this.path, bytes), hash: hashOf(bytes) };
      this.#seen = stamp;
      return this.#found;
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      if (isMissing(error)) return this.#forget();
      throw new SluiceError(
        'unavailable',
        `${this.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }

  #forget(): null {
    this.#seen = '';
    this.#found = null;
    return null;
  }

  flagsIn(found: FoundFile): readonly FileFlag[] {
    return readFlagText(this.path, found.text);
  }

  /** Takes `text` as the one to rewrite from now on. */
  base(text: string): void {
    this.#text = text;
  }

  /** Hash of the text that is in place. */
  get hash(): string {
    return hashOf(this.#text ?? EMPTY_FILE);
  }

  /** The text after these flags changed. What the file says already, however it is written, stays as it is written. */
  planned(before: (key: string) => Flag | undefined, flags: readonly Flag[]): string {
    const changed = new Map<string, Flag | null>();
    for (const flag of flags) {
      const old = before(flag.key);
      const isSame = old !== undefined && old.archivedAt === flag.archivedAt && jsonEqual(formatFlag(old), formatFlag(flag));
      if (!isSame) changed.set(flag.key, flag.archivedAt === null ? flag : null);
    }
    const text = this.#text ?? EMPTY_FILE;
    return changed.size === 0 ? text : rewriteFlagText(text, changed);
  }

  /** `found` brought up to the records: for a projection that a crash cut off. */
  reconciled(found: FoundFile | null, flags: readonly Flag[], scope: Scope): string {
    const written = new Map((found === null ? [] : this.flagsIn(found)).map((flag) => [flag.name, flag]));
    const changed = new Map<string, Flag | null>();
    for (const flag of flags) {
      const file = written.get(flag.key);
      if (flag.archivedAt !== null) changed.set(flag.key, null);
      else if (file === undefined || mergeFileFlag(flag, file, scope, flag.updatedAt) !== null) changed.set(flag.key, flag);
    }
    return rewriteFlagText(found?.text ?? EMPTY_FILE, changed);
  }

  /** Renames the text into place. A text there that could not be read is kept beside it as `.rejected`. */
  async write(text: string, rejected: string | null): Promise<void> {
    if (rejected !== null) await writeWhole(`${this.path}.rejected`, rejected, { flush: true });
    const mode = statSync(this.path, { throwIfNoEntry: false })?.mode;
    await writeWhole(`${this.path}.tmp`, text, { flush: true, ...(mode === undefined ? {} : { mode }) });
    await renameFile(`${this.path}.tmp`, this.path);
    await syncDirectory(dirname(this.path));
    this.base(text);
    this.find();
  }
}

function decode(path: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const message = 'is not UTF-8 (save it as UTF-8, with or without a byte order mark)';
  throw new SluiceError('invalid', `${path}:1:1: the file ${message}`, { issues: [{ path: '', message, line: 1, column: 1 }] });
}
