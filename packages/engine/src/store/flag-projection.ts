/** The flag file as a projection of the records: what it does say, and what it should. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, type Stats, statSync } from 'node:fs';
import { type FileFlag, type Flag, formatFlag, jsonEqual, mergeFileFlag, type Scope, SluiceError, saysLess } from '@sluice/core';
import { isMissing } from './file-work.ts';
import { EMPTY_FILE, hashOf, readFlagText, rewriteFlagText } from './flag-file-text.ts';

export interface FoundFile {
  readonly bytes: Buffer;
  readonly hash: string;
}

/** Equal stamps mean that nobody wrote to the file between. */
export function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino}/${size}/${mtimeMs}/${ctimeMs}`;
}

export class FlagProjection {
  readonly path: string;
  /** A text that the records implied, with its hash. */
  #base: { readonly text: string; readonly hash: string } | null = null;
  #stamp = '';
  #found: FoundFile | null = null;
  #flags: { readonly hash: string; readonly flags: readonly FileFlag[] } | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** The file as `find` answered last. */
  get seen(): FoundFile | null {
    return this.#found;
  }

  /** The file as it is, null when it is not there. Read again only if its stamp changed. @throws SluiceError `unavailable` when it cannot be read */
  find(): FoundFile | null {
    try {
      const stamp = stampOf(statSync(this.path));
      if (stamp === this.#stamp) return this.#found;
      const bytes = readFileSync(this.path);
      this.#found = { bytes, hash: hashOf(bytes) };
      this.#stamp = stamp;
      return this.#found;
    } catch (error) {
      if (isMissing(error)) return this.#forget();
      throw new SluiceError(
        'unavailable',
        `${this.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }

  #forget(): null {
    this.#stamp = '';
    this.#found = null;
    return null;
  }

  /** @throws SluiceError `invalid` with the place of every fault */
  flagsIn(found: FoundFile): readonly FileFlag[] {
    if (this.#flags?.hash !== found.hash)
      this.#flags = { hash: found.hash, flags: readFlagText(this.path, textOf(this.path, found)) };
    return this.#flags.flags;
  }

  /** @throws SluiceError `invalid` when it is not UTF-8 */
  textOf(found: FoundFile): string {
    return textOf(this.path, found);
  }

  /** Takes `text` as the one to rewrite, as long as the records imply it. */
  base(hash: string, text: () => string): void {
    if (this.#base?.hash !== hash) this.#base = { text: text(), hash };
  }

  /**
   * The text after `changed` flags took the place of others, over records that imply the text with `hash`. What the file says already,
   * however it is written, stays as it is written.
   */
  planned(hash: string, before: readonly Flag[], changed: readonly Flag[]): string {
    const old = new Map(before.map((flag) => [flag.key, flag]));
    // A file that is bad or was edited since is no base: the flags that are in it nobody knows.
    if (this.#base?.hash !== hash) {
      if (hash === hashOf(EMPTY_FILE)) this.base(hash, () => EMPTY_FILE);
      else return rewriteFlagText(EMPTY_FILE, living([...old, ...changed.map((flag) => [flag.key, flag] as const)]));
    }
    const news = changed.filter((flag) => {
      const was = old.get(flag.key);
      return was === undefined || was.archivedAt !== flag.archivedAt || !jsonEqual(formatFlag(was), formatFlag(flag));
    });
    return rewriteFlagText(this.#base?.text ?? EMPTY_FILE, new Map(news.map((flag) => [flag.key, livingOf(flag)])));
  }

  /** `found` brought up to these flags: for what a crash or a hand kept from being written. */
  reconciled(found: FoundFile | null, flags: readonly Flag[], scope: Scope): string {
    const written = new Map((found === null ? [] : this.flagsIn(found)).map((flag) => [flag.name, flag]));
    const changed = new Map<string, Flag | null>();
    for (const flag of flags) {
      const file = written.get(flag.key);
      if (flag.archivedAt !== null) changed.set(flag.key, null);
      else if (file === undefined || saysLess(file, flag) || mergeFileFlag(flag, file, scope, flag.updatedAt) !== null)
        changed.set(flag.key, flag);
    }
    return rewriteFlagText(found === null ? EMPTY_FILE : this.textOf(found), changed);
  }
}

function livingOf(flag: Flag): Flag | null {
  return flag.archivedAt === null ? flag : null;
}

function living(flags: readonly (readonly [string, Flag])[]): Map<string, Flag | null> {
  return new Map(flags.map(([key, flag]) => [key, livingOf(flag)]));
}

function textOf(path: string, { bytes }: FoundFile): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const message = 'is not UTF-8 (save it as UTF-8, with or without a byte order mark)';
  throw new SluiceError('invalid', `${path}:1:1: the file ${message}`, { issues: [{ path: '', message, line: 1, column: 1 }] });
}
