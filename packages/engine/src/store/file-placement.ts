/** Puts a text into the place of a file whole, and notices what others wrote there meanwhile. */
import { closeSync, fstatSync, readlinkSync, readSync, renameSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { discardDraft, draftName, removeDrafts } from './draft.ts';
import { ensureDirectory, modeLike, openIfThere, ownLike, stampOf, syncDirectory, syncFile, writeWhole } from './file-work.ts';
import { hashOf } from './flag-file-text.ts';

export interface Placement {
  readonly text: string;
  /** The file that is to be replaced. One that is not there is never missed. */
  readonly replaces: { readonly hash: string; readonly size: number; readonly stamp: string } | null;
  /** Whether the text is still what should stand there. Asked when nothing of this process can come between. */
  readonly isCurrent: () => boolean;
}

/** `edited`: somebody wrote to the file, and it was left alone. `overtaken`: another process has something newer for it. */
export type PlacementOutcome = 'placed' | 'edited' | 'overtaken';

export class FilePlacement {
  readonly #path: string;
  /** The file that was replaced last: an editor that had opened it may write to it still. */
  #replaced: { readonly file: number; readonly stamp: string } | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Makes what a process that lost the lock in its sleep still means to put here impossible to rename. The caller holds the lock. */
  async shutOutSleepers(): Promise<void> {
    await removeDrafts(targetOf(this.#path));
  }

  /** Forces to the disk what somebody else put in place. */
  async sync(): Promise<void> {
    const target = targetOf(this.#path);
    await syncFile(target);
    await syncDirectory(dirname(target));
  }

  /** The caller holds the lock, and has shut out sleepers. */
  async place(placement: Placement): Promise<PlacementOutcome> {
    const target = targetOf(this.#path);
    await ensureDirectory(dirname(target));
    await removeDrafts(target);
    const draft = draftName(target);
    try {
      await writeWhole(draft, placement.text, { flush: true, flag: 'wx', ...modeLike(target) });
      await ownLike(draft, target);
      const outcome = this.#swap(draft, target, placement);
      if (outcome === 'placed') await syncDirectory(dirname(target));
      return outcome;
    } finally {
      await discardDraft(draft);
    }
  }

  #swap(draft: string, target: string, { text, replaces, isCurrent }: Placement): PlacementOutcome {
    if (!isCurrent()) return 'overtaken';
    if (this.isLate) return 'edited';
    const old = openIfThere(target);
    try {
      const before = old === null ? null : fstatSync(old);
      if (old !== null && before !== null && !isSame(old, before, replaces)) return 'edited';
      // An editor may have put its own file there while this one was read.
      if ((statSync(target, { throwIfNoEntry: false })?.ino ?? null) !== (before?.ino ?? null)) return 'edited';
      putInPlace(draft, target, text);
      this.close();
      if (old !== null && before !== null) this.#replaced = { file: old, stamp: contentStamp(before) };
      return 'placed';
    } finally {
      if (old !== null && this.#replaced?.file !== old) closeSync(old);
    }
  }

  /** What somebody wrote into the file that was replaced, since it was; each writing once. Without its bytes when there are more than `mostBytes`. */
  late(mostBytes: number): { readonly bytes: Buffer | null; readonly size: number; readonly stamp: string } | null {
    if (this.#replaced === null) return null;
    const { file, stamp } = this.#replaced;
    const stats = fstatSync(file);
    const now = contentStamp(stats);
    if (now === stamp) return null;
    this.#replaced = { file, stamp: now };
    return { bytes: stats.size > mostBytes ? null : readFromStart(file), size: stats.size, stamp: now };
  }

  /** Whether `late` would have something to say. */
  get isLate(): boolean {
    return this.#replaced !== null && contentStamp(fstatSync(this.#replaced.file)) !== this.#replaced.stamp;
  }

  close(): void {
    if (this.#replaced !== null) closeSync(this.#replaced.file);
    this.#replaced = null;
  }
}

/** Follows symbolic links, so that the file behind them is replaced and not the link. */
function targetOf(path: string): string {
  try {
    return targetOf(resolve(dirname(path), readlinkSync(path)));
  } catch {
    return path;
  }
}

/** A file that is mounted by itself, as into a container, cannot be replaced: it is written over. The journal is the truth if that is cut off. */
function putInPlace(draft: string, target: string, text: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    writeFileSync(target, text, { flush: true });
  }
}

function isSame(file: number, stats: Stats, replaces: Placement['replaces']): boolean {
  if (replaces === null) return false;
  if (replaces.stamp === stampOf(stats)) return true;
  return replaces.size === stats.size && replaces.hash === hashOf(readFromStart(file));
}

/** Equal stamps mean equal content; that its name went is no matter. */
function contentStamp({ size, mtimeMs }: Stats): string {
  return `${size}/${mtimeMs}`;
}

function readFromStart(file: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(file).size);
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
}
