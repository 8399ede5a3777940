/** The flag file as a projection of the records: what it does say, and what it should. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { type FileFlag, type Flag, formatFlag, jsonEqual, mergeFileFlag, type Scope, SluiceError, saysLess } from '@sluice/core';
import { checkFoundSize, mostReadBytes } from './file-size.ts';
import { isMissing, stampOf } from './file-work.ts';
import { EMPTY_FILE, hashOf, readFlagText } from './flag-file-text.ts';
import { changedLayout, type FlagLayout, layoutOf, rewriteFlagText, textOfLayout } from './flag-layout.ts';

export interface FoundFile {
  /** Empty when it is too large to be read. */
  readonly bytes: Buffer;
  /** Of the file, in bytes. */
  readonly size: number;
  readonly hash: string;
  readonly stamp: string;
}

/** Within this time, two writings may bear the same stamp on some disks. */
const COARSEST_TICK_MS = 50;

/** A text that the records implied, and its parts once somebody asked for them. */
interface Base {
  readonly hash: string;
  readonly layout: () => FlagLayout;
}

export class FlagProjection {
  readonly path: string;
  readonly #maxBytes: number;
  #base: Base | null = null;
  /** The text that was planned last. */
  #planned: Base | null = null;
  #found: FoundFile | null = null;
  /** Whether the next writing is sure to give the file another stamp. */
  #isSettled = false;
  #flags: { readonly hash: string; readonly flags: readonly FileFlag[] } | null = null;

  constructor(path: string, maxBytes: number) {
    this.path = path;
    this.#maxBytes = maxBytes;
  }

  /** The file as it is, null when it is not there. Read again only if its stamp changed. @throws SluiceError `unavailable` when it cannot be read */
  find(): FoundFile | null {
    try {
      const stats = statSync(this.path);
      const stamp = stampOf(stats);
      if (stamp === this.#found?.stamp && this.#isSettled) return this.#found;
      this.#isSettled = Date.now() - stats.mtimeMs > COARSEST_TICK_MS;
      const isRead = stats.size <= mostReadBytes(this.#maxBytes);
      this.#found = foundFile(isRead ? readFileSync(this.path) : null, stats.size, stamp);
      return this.#found;
    } catch (error) {
      this.#found = null;
      if (isMissing(error)) return null;
      throw new SluiceError(
        'unavailable',
        `${this.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }

  /** What an edit says. @throws SluiceError `invalid` when it is too large, or with the place of every fault */
  editIn(found: FoundFile): { readonly text: string; readonly written: readonly FileFlag[] } {
    checkFoundSize(this.path, found.size, this.#maxBytes);
    return { text: this.textOf(found), written: this.flagsIn(found) };
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
    this.#flags = null;
    if (this.#base?.hash === hash) return;
    this.#base = this.#planned?.hash === hash ? this.#planned : { hash, layout: once(() => layoutOf(text())) };
  }

  /**
   * The text after `changed` flags took the place of others, over records that imply the text with `hash`. What the file says already,
   * however it is written, stays as it is written.
   */
  planned(hash: string, before: readonly Flag[], changed: readonly Flag[]): { readonly text: string; readonly hash: string } {
    const old = new Map(before.map((flag) => [flag.key, flag]));
    const news = changed.filter((flag) => {
      const was = old.get(flag.key);
      return was === undefined || was.archivedAt !== flag.archivedAt || !jsonEqual(formatFlag(was), formatFlag(flag));
    });
    if (hash === EMPTY_HASH) this.base(hash, () => EMPTY_FILE);
    const isKnown = this.#base?.hash === hash;
    // A file that is bad or was edited since is no base: the flags that are in it nobody knows.
    const base = isKnown && this.#base !== null ? this.#base.layout() : layoutOf(EMPTY_FILE);
    const layout = changedLayout(base, livingOf(isKnown ? news : [...before, ...changed]));
    const text = textOfLayout(layout);
    this.#planned = { hash: hashOf(text), layout: () => layout };
    return { text, hash: this.#planned.hash };
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

  /** Those of the flags that `found` does not show as they are, as it shows them; null for one that it does not have. */
  shownBy(found: FoundFile, flags: readonly Flag[], scope: Scope): (readonly [string, Flag | null])[] {
    const written = new Map(this.flagsIn(found).map((flag) => [flag.name, flag]));
    return flags.flatMap((flag): (readonly [string, Flag | null])[] => {
      const file = written.get(flag.key);
      if (file === undefined) return flag.archivedAt === null ? [[flag.key, null]] : [];
      const living = { ...flag, archivedAt: null };
      const shown = mergeFileFlag(living, file, scope, flag.updatedAt);
      if (shown !== null) return [[flag.key, shown]];
      return flag.archivedAt === null ? [] : [[flag.key, living]];
    });
  }
}

/** `bytes` are null when there are more than are read: then nothing is known of it but when it was written. */
export function foundFile(bytes: Buffer | null, size: number, stamp: string): FoundFile {
  if (bytes === null) return { bytes: NOT_READ, size, hash: `not read: ${stamp}`, stamp };
  return { bytes, size: bytes.length, hash: hashOf(bytes), stamp };
}

const NOT_READ = Buffer.alloc(0);
const EMPTY_HASH = hashOf(EMPTY_FILE);

/** The flags as the file shows them: null for one that it does not. */
function livingOf(flags: readonly Flag[]): Map<string, Flag | null> {
  return new Map(flags.map((flag) => [flag.key, flag.archivedAt === null ? flag : null]));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function textOf(path: string, { bytes }: Pick<FoundFile, 'bytes'>): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const message = 'is not UTF-8 (save it as UTF-8, with or without a byte order mark)';
  throw new SluiceError('invalid', `${path}:1:1: the file ${message}`, { issues: [{ path: '', message, line: 1, column: 1 }] });
}
