/**
 * Append-only files of entries that are the truth: state is the replay through the last whole line. A long segment is sealed, and a new
 * one begins by saying everything again.
 */
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '@sluice/core';
import { discardDraft, removeDrafts } from './draft.ts';
import { closeFile, ensureDirectory, isMissing, openFile, syncData, syncDirectory, writeAll } from './file-work.ts';
import { asideLine, markLine, sealLine } from './journal-line.ts';
import { JournalReader, readSegment } from './journal-reader.ts';
import { draftSegment, listSegments, placeSegment, removeOlder, segmentPath } from './journal-segments.ts';

export interface JournalOptions<T> {
  /** What says again all that was read: the start of a new segment. */
  readonly checkpoint: () => Iterable<T>;
  /** Older segments stay as history; otherwise they go when a newer one says everything. */
  readonly keepsOlder: boolean;
  /** Permission bits for new files; the process's default unless given. */
  readonly mode?: () => { readonly mode?: number };
}

export class Journal<T> {
  readonly path: string;
  readonly #options: JournalOptions<T>;
  readonly #reader: JournalReader<T>;
  /** The segment whose lines the disk did not all confirm: nothing may be built on it. */
  #doubtful = 0;
  /** While a line is on its way to the disk, nobody is given it. */
  #isWriting = false;
  #writer: { readonly file: number; readonly segment: number } | null = null;

  constructor(path: string, options: JournalOptions<T>) {
    this.path = path;
    this.#options = options;
    this.#reader = new JournalReader(path);
  }

  /** Bytes of the segment, as last seen. */
  get size(): number {
    return this.#reader.size;
  }

  /** Bytes of the segment that say again what older ones said. */
  get startBytes(): number {
    return this.#reader.startBytes;
  }

  /** Whether it says anything at all. */
  get exists(): boolean {
    return this.#reader.hasLines;
  }

  /** Where the journal is: equal answers mean that nothing was added between, but for what stands aside. */
  get position(): string {
    return `${this.#reader.segment}/${this.#reader.last}`;
  }

  /** The numbers of the segments before this one that are still there. */
  older(): number[] {
    return listSegments(this.path).filter((segment) => segment < this.#reader.segment);
  }

  /** All entries of a segment before this one. @throws SluiceError `unavailable` when it is damaged */
  readOlder(segment: number): readonly T[] {
    return readSegment<T>(segmentPath(this.path, segment), segment === 1);
  }

  /**
   * The entries that came since the last look, from whichever process.
   * @throws SluiceError `unavailable` when the journal is damaged, or was cut or replaced under this process
   */
  catchUp(): readonly T[] {
    if (this.#isWriting) return [];
    this.#reader.read();
    return this.#reader.take();
  }

  /**
   * Adds one line and forces it to the disk; answers what came since the last look. The caller holds the lock and has caught up.
   * @throws SluiceError `conflict` when another process wrote first all the same, `unavailable` when the line cannot be kept or it is not
   * known whether it is
   */
  append(entry: T): Promise<readonly T[]> {
    return this.#appendLine(() => sealLine(entry, this.#reader.last), true);
  }

  /** Adds one line that a power cut may take. The caller holds the lock and has caught up. @throws SluiceError as `append` does */
  appendAside(entry: T): Promise<readonly T[]> {
    return this.#appendLine(() => asideLine(entry, this.#reader.last), false);
  }

  async #appendLine(lineOf: () => ReturnType<typeof sealLine>, durable: boolean): Promise<readonly T[]> {
    await this.#alone(async () => {
      const { isSealed, isLost, segment } = this.#reader;
      if (segment !== 0 && (isSealed || isLost || segment === this.#doubtful)) await this.#begin();
      await this.#add(lineOf(), durable);
    });
    return this.#reader.take();
  }

  /** Nothing more is read or written, for this reason. */
  fail(failure: SluiceError): void {
    this.#reader.fail(failure);
  }

  /** Begins a new segment. The caller holds the lock and has caught up. @throws SluiceError as `append` does */
  rotate(): Promise<void> {
    return this.#alone(() => this.#begin());
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    this.#reader.refuseFailed();
    if (this.#reader.hasUntaken) throw this.#lost();
    this.#isWriting = true;
    try {
      await work();
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      throw new SluiceError('unavailable', `${this.path} cannot be written: ${reasonOf(error)}`, { cause: error });
    } finally {
      this.#isWriting = false;
    }
  }

  #lost(): SluiceError {
    return new SluiceError('conflict', `${this.path}: another process wrote first`);
  }

  async #add({ line, checksum }: ReturnType<typeof sealLine>, durable: boolean): Promise<void> {
    const file = await this.#open();
    // A torn tail is ended first, or it would swallow this line; and spoilt, or one that lacked nothing but its end would count after all.
    await writeAll(file, Buffer.from(this.#reader.isTorn ? `~\n${line}` : line));
    if (durable) await this.#sync(file);
    let isSeen: boolean;
    try {
      isSeen = this.#reader.sees(checksum);
    } catch (error) {
      throw this.#unknown(`the change cannot be read back (${reasonOf(error)})`, error);
    }
    if (!isSeen) throw this.#lost();
  }

  async #sync(file: number): Promise<void> {
    try {
      await syncData(file);
    } catch (error) {
      await this.#doubt();
      throw this.#unknown(`the disk did not confirm the change (${reasonOf(error)})`, error);
    }
  }

  /** Pages of the segment may be lost: it is sealed, so that no process builds on it. */
  async #doubt(): Promise<void> {
    this.#doubtful = this.#reader.segment;
    try {
      this.#reader.read();
      await this.#add(markLine({ mark: 'sealed' }, this.#reader.last), false);
    } catch {
      // The disk takes nothing at all. This process begins a new segment when it does again.
    }
  }

  #unknown(what: string, cause: unknown): SluiceError {
    const message = `${this.path}: ${what}, which may be kept or not; read it again before you repeat it`;
    return new SluiceError('unavailable', message, { cause });
  }

  async #open(): Promise<number> {
    const { segment } = this.#reader;
    if (segment !== 0 && this.#writer?.segment === segment) return this.#writer.file;
    await this.close();
    const path = segmentPath(this.path, Math.max(1, segment));
    if (segment === 0) await ensureDirectory(dirname(path));
    // A segment that is gone is not made again empty: others would take that for the whole truth.
    const flags = segment === 0 ? 'a' : constants.O_WRONLY | constants.O_APPEND;
    const file = await openFile(path, flags, this.#options.mode?.().mode).catch((error: unknown) => {
      throw segment !== 0 && isMissing(error) ? this.#lost() : error;
    });
    this.#writer = { file, segment: Math.max(1, segment) };
    if (segment !== 0) return file;
    await syncDirectory(dirname(path));
    // A process that slept since it found no journal at all would begin a second one.
    if (listSegments(this.path).some((other) => other > 1)) throw this.#lost();
    this.#reader.moveTo(1, undefined);
    return file;
  }

  /** The old segment is sealed before the new one has its name, so that nobody goes on writing to the old. */
  async #begin(): Promise<void> {
    const { segment, last, isSealed, isLost } = this.#reader;
    const next = segment + 1;
    const seal = isSealed || isLost ? null : markLine({ mark: 'sealed' }, last);
    const start = this.#startLines(next, seal?.checksum ?? last);
    await ensureDirectory(dirname(this.path));
    await removeDrafts(this.path);
    const { draft, size } = await draftSegment(this.path, start.lines(), this.#options.mode?.().mode);
    try {
      if (seal !== null) await this.#add(seal, true);
      // Another process that found the old segment sealed may have been first with the new one, and gone on.
      if (!(await placeSegment(draft, segmentPath(this.path, next)))) throw this.#lost();
    } finally {
      await discardDraft(draft);
    }
    this.#reader.moveBehindStart(next, start.last(), size);
    if (!this.#options.keepsOlder) await removeOlder(this.path, next);
  }

  #startLines(number: number, start: string): { readonly lines: () => Generator<string>; readonly last: () => string } {
    const { checkpoint } = this.#options;
    let last = start;
    function* lines(): Generator<string> {
      const first = markLine({ mark: 'segment', number }, last);
      last = first.checksum;
      yield first.line;
      for (const entry of checkpoint()) {
        const sealed = sealLine(entry, last);
        last = sealed.checksum;
        yield sealed.line;
      }
      const begun = markLine({ mark: 'begun' }, last);
      last = begun.checksum;
      yield begun.line;
    }
    return { lines, last: () => last };
  }

  async close(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    if (writer !== null) await closeFile(writer.file);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
