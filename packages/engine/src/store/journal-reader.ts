/** Reads a journal as it grows, from segment to segment, whichever processes write it. */
import { closeSync, fstatSync, readFileSync, readSync } from 'node:fs';
import { SluiceError } from '@sluice/core';
import { describeFailure } from '../failure.ts';
import { openIfThere } from './file-work.ts';
import { LineChain } from './journal-line.ts';
import { isSealed, listSegments, segmentPath } from './journal-segments.ts';

export class JournalReader<T> {
  readonly #path: string;
  #segment = 0;
  #chain: LineChain<T>;
  /** File identity of the segment, 0 before it was opened. */
  #inode = 0;
  /** Everything before this byte has been replayed. */
  #offset = 0;
  #size = 0;
  #startBytes = 0;
  /** Where the last line begins that counted, and with which checksum: what stands there can only have changed if the file was meddled with. */
  #anchor = { offset: 0, checksum: '' };
  #isLost = false;
  /** What was found wrong with the files, for good. */
  #failure: SluiceError | null = null;
  #untaken: T[] = [];
  #awaited: string | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#chain = new LineChain<T>(path);
  }

  /** The number of the segment that is read, 0 before there is one. */
  get segment(): number {
    return this.#segment;
  }

  /** Bytes of the segment, as last seen. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the segment that say again what older ones said. */
  get startBytes(): number {
    return this.#startBytes;
  }

  /** The checksum that the next line must name. */
  get last(): string {
    return this.#chain.last;
  }

  /** Whether no further line can count in the segment. */
  get isSealed(): boolean {
    return this.#chain.isSealed;
  }

  /** Whether somebody removed the segment. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Whether any line counted. */
  get hasLines(): boolean {
    return this.#segment > 1 || this.#chain.counted !== '';
  }

  /** Whether the segment ends in a line that has no end. */
  get isTorn(): boolean {
    return this.#size > this.#offset;
  }

  /** Whether entries were read that nobody was given. */
  get hasUntaken(): boolean {
    return this.#untaken.length > 0;
  }

  /** The entries that were read since the last call. */
  take(): readonly T[] {
    const taken = this.#untaken;
    this.#untaken = [];
    return taken;
  }

  /** Reads on, and answers whether the line with this checksum came to count. @throws SluiceError as `read` does */
  sees(checksum: string): boolean {
    this.#awaited = checksum;
    this.read();
    const isSeen = this.#awaited === null;
    this.#awaited = null;
    return isSeen;
  }

  /**
   * Reads on. A torn last line is not yet one.
   * @throws SluiceError `unavailable`, now and ever after, when the journal is damaged, or was cut or replaced since
   */
  read(): void {
    this.refuseFailed();
    try {
      this.#readOn();
    } catch (error) {
      if (!(error instanceof SluiceError))
        throw new SluiceError('unavailable', `${this.#path} cannot be read: ${describeFailure(error)}`, { cause: error });
      this.#failure = error;
      throw error;
    }
  }

  /** @throws SluiceError what was found wrong before, if anything was */
  refuseFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** What was read cannot be: nothing more is read or written. */
  fail(failure: SluiceError): void {
    this.#failure = failure;
  }

  #readOn(): void {
    if (this.#segment === 0) {
      const newest = listSegments(this.#path).at(-1);
      if (newest === undefined) return;
      this.moveTo(newest, newest === 1 ? undefined : null);
    }
    do {
      const path = segmentPath(this.#path, this.#segment);
      this.#isLost = !this.#readFile(path);
      if (!this.#isLost && this.#segment > 1 && !this.#chain.hasBegun)
        throw new SluiceError('unavailable', `${path} lacks its beginning; restore it from a backup`);
    } while (this.#moveOn());
  }

  /** False when there is no newer segment to go to. */
  #moveOn(): boolean {
    if (!this.#chain.isSealed && !this.#isLost) return false;
    const segments = listSegments(this.#path);
    const following = this.#segment + 1;
    const next = segments.includes(following) ? following : (segments.at(-1) ?? 0);
    if (next > this.#segment) {
      this.moveTo(next, this.#chain.isSealed && next === following ? this.#chain.last : null);
      return true;
    }
    // Older ones of this journal end in their seal; another journal was begun in place of this one.
    if (this.#isLost && next > 0 && !isSealed(segmentPath(this.#path, next))) throw this.#meddled('replaced');
    return false;
  }

  #meddled(how: 'cut' | 'replaced'): SluiceError {
    return new SluiceError(
      'unavailable',
      `${segmentPath(this.#path, this.#segment)} was ${how} while this process used it; its last good state stays, and nothing more is written until the process is started again`,
    );
  }

  /** Reads `segment` from its first byte. `start` is what its first line must name, null when that is not known. */
  moveTo(segment: number, start: string | null | undefined): void {
    this.#chain = new LineChain<T>(segmentPath(this.#path, segment), start);
    this.#segment = segment;
    this.#inode = 0;
    this.#offset = 0;
    this.#size = 0;
    this.#startBytes = 0;
    this.#anchor = { offset: 0, checksum: '' };
    this.#isLost = false;
  }

  /** Reads on behind the beginning of a segment, which is known: it ends at byte `size` with the checksum `last`. */
  moveBehindStart(segment: number, last: string, size: number): void {
    this.moveTo(segment, null);
    this.#chain = new LineChain<T>(segmentPath(this.#path, segment), last, true);
    this.#offset = size;
    this.#size = size;
    this.#startBytes = size;
  }

  /** False when the file is not there. */
  #readFile(path: string): boolean {
    const file = openIfThere(path);
    if (file === null) return false;
    try {
      const { ino, size } = fstatSync(file);
      if (this.#inode !== 0 && ino !== this.#inode) throw this.#meddled('replaced');
      if (size < this.#offset || !this.#isAnchored(file)) throw this.#meddled('cut');
      this.#inode = ino;
      const bytes = readFrom(file, this.#offset, size);
      this.#size = size;
      this.#replay(bytes);
      return true;
    } finally {
      closeSync(file);
    }
  }

  #isAnchored(file: number): boolean {
    const { offset, checksum } = this.#anchor;
    return readFrom(file, offset, offset + checksum.length).toString('latin1') === checksum;
  }

  #replay(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = bytes.toString('utf8', start, end);
      const entry = line === '' ? null : this.#chain.take(line);
      if (entry !== null) this.#untaken.push(entry);
      const { counted } = this.#chain;
      if (counted !== this.#anchor.checksum) this.#anchor = { offset: this.#offset + start, checksum: counted };
      if (counted === this.#awaited) this.#awaited = null;
      start = end + 1;
      if (this.#startBytes === 0 && this.#chain.hasBegun) this.#startBytes = this.#offset + start;
    }
    this.#offset += start;
  }
}

/** All entries of a segment that is no longer written to. @throws SluiceError `unavailable` when it is damaged */
export function readSegment<T>(path: string, isFirst: boolean): readonly T[] {
  const chain = new LineChain<T>(path, isFirst ? undefined : null);
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line): T[] => {
    const entry = line === '' ? null : chain.take(line);
    return entry === null ? [] : [entry];
  });
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
