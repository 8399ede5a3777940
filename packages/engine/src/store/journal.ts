/** An append-only file of entries that is the truth: state is the replay through its last whole line. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '@sluice/core';
import { closeFile, linkFile, openFile, renameFile, syncData, syncDirectory, writeTo, writeWhole } from './file-work.ts';
import { CHAIN_START, LineChain, sealLine } from './journal-line.ts';

export interface CaughtUp<T> {
  /** The file was replaced by a new segment, whose first entry is a checkpoint. */
  readonly restarted: boolean;
  readonly entries: readonly T[];
}

export class Journal<T> {
  readonly path: string;
  readonly #chain: LineChain<T>;
  /** File descriptor. */
  #file: number | null = null;
  /** The segment that the descriptor writes to; another process may have begun a new one since. */
  #fileInode = 0;
  #inode = 0;
  /** Everything before this byte has been replayed. */
  #offset = 0;
  #size = 0;
  /** Entries that were read when an append lost, and that nobody was given. */
  #unclaimed: CaughtUp<T> | null = null;

  constructor(path: string) {
    this.path = path;
    this.#chain = new LineChain<T>(path);
  }

  /** Bytes of the segment, as last seen. */
  get size(): number {
    return this.#size;
  }

  /** Whether there is a segment at all. */
  get exists(): boolean {
    return this.#inode !== 0;
  }

  /** The entries that came since the last look, from whichever process. A torn last line is not yet one. */
  catchUp(): CaughtUp<T> {
    const unclaimed = this.#unclaimed;
    this.#unclaimed = null;
    const news = this.#news();
    if (unclaimed === null) return news;
    // A segment that began since says all that came before it.
    if (news.restarted) return news;
    return { restarted: unclaimed.restarted, entries: [...unclaimed.entries, ...news.entries] };
  }

  #news(): CaughtUp<T> {
    const found = openIfThere(this.path);
    if (found === null) return { restarted: false, entries: [] };
    try {
      const { ino, size } = fstatSync(found);
      const restarted = this.#inode !== 0 && (ino !== this.#inode || size < this.#offset);
      if (restarted) {
        this.#offset = 0;
        this.#chain.reset();
      }
      this.#inode = ino;
      this.#size = size;
      return { restarted, entries: this.#replay(readFrom(found, this.#offset, size)) };
    } finally {
      closeSync(found);
    }
  }

  #replay(bytes: Buffer): T[] {
    const entries: T[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = bytes.toString('utf8', start, end);
      start = end + 1;
      const entry = line === '' ? null : this.#chain.take(line);
      if (entry !== null) entries.push(entry);
    }
    this.#offset += start;
    return entries;
  }

  /**
   * Adds one line and, if `durable`, forces it to the disk; answers what came since the last look, this entry last. The caller
   * holds the lock and has caught up.
   * @throws SluiceError `conflict` when another process wrote first all the same, `unavailable` when the line cannot be kept
   */
  async append(entry: T, durable = true): Promise<CaughtUp<T>> {
    const { line, checksum } = sealLine(entry, this.#chain.last);
    const isTorn = this.#size > this.#offset;
    try {
      const file = await this.#open();
      // One write call, so that lines of two processes never mix. A torn tail is ended first, or it would swallow this line; and spoilt,
      // or one that lacked nothing but its end would come to count after all.
      const bytes = Buffer.from(isTorn ? `~\n${line}` : line);
      const { bytesWritten } = await writeTo(file, bytes);
      if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
      if (durable) await syncData(file);
    } catch (error) {
      throw new SluiceError(
        'unavailable',
        `${this.path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
    const caughtUp = this.catchUp();
    if (this.#chain.last === checksum) return caughtUp;
    // What the other wrote is still to be taken in: the next look answers it.
    this.#unclaimed = caughtUp;
    throw new SluiceError('conflict', `${this.path}: another process wrote first`);
  }

  async #open(): Promise<number> {
    if (this.#file !== null && statInode(this.path) === this.#fileInode) return this.#file;
    await this.close();
    const isNew = statInode(this.path) === null;
    const file = await openFile(this.path, 'a');
    this.#file = file;
    if (isNew) await syncDirectory(dirname(this.path));
    this.#fileInode = fstatSync(file).ino;
    this.#inode = this.#fileInode;
    return file;
  }

  /**
   * Begins a new segment with `checkpoint`, which must say all that the old one did. The old one stays under `archive`, or goes. The
   * caller holds the lock and has caught up.
   */
  async rotate(checkpoint: T, archive: string | null): Promise<void> {
    const { line } = sealLine(checkpoint, CHAIN_START);
    const fresh = `${this.path}.new`;
    await writeWhole(fresh, line, { flush: true });
    if (archive !== null) await linkFile(this.path, archive).catch(ignoreIfThere);
    await renameFile(fresh, this.path);
    await syncDirectory(dirname(this.path));
    this.catchUp();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file !== null) await closeFile(file);
  }
}

/** All entries of a segment that is no longer written to. */
export function readSegment<T>(path: string): readonly T[] {
  return new Journal<T>(path).catchUp().entries;
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function statInode(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

function readFrom(file: number, offset: number, size: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, size - offset));
  let read = 0;
  while (read < bytes.length) {
    const count = readSync(file, bytes, read, bytes.length - read, offset + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
}

function ignoreIfThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
